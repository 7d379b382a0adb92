//! This service's certificate and key, and the authority that made every service's.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use secrecy::{ExposeSecret, SecretString};
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use super::verify::NamedPeer;
use crate::{
    config::{ConfigError, Env},
    pem::{self, EXAMPLE},
};
use estore_contract::PeerName;

/// The settings that it is made of.
pub(crate) const SETTINGS: &[&str] = &["TLS_CERT", "TLS_KEY", "TLS_CA"];

/// What this service shows and whom it trusts on internal connections.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    roots: Arc<RootCertStore>,
}

impl Identity {
    /// Reads `TLS_CERT`, `TLS_KEY` and `TLS_CA`: each the PEM text itself, or the path of a file with it.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let chain: Vec<_> = certificates("TLS_CERT", &pem::required(env, "TLS_CERT")?)?;
        let key = PrivateKeyDer::from_pem_slice(pem::required(env, "TLS_KEY")?.expose_secret().as_bytes())
            .map_err(|_| ConfigError::new("TLS_KEY", "holds no private key in PEM", EXAMPLE))?;
        let mut roots = RootCertStore::empty();
        for authority in certificates("TLS_CA", &pem::required(env, "TLS_CA")?)? {
            roots
                .add(authority)
                .map_err(|error| ConfigError::new("TLS_CA", format!("is wrong ({error})"), EXAMPLE))?;
        }
        Ok(Self { chain, key, roots: Arc::new(roots) })
    }

    /// The same where it is to take the place of another that works: not one that nobody would accept, as it has ended, or is not
    /// signed by an authority of ours.
    pub(crate) fn renewed(env: &Env) -> Result<Self, ConfigError> {
        let identity = Self::from_env(env)?;
        let wrong = |why: String| ConfigError::new("TLS_CERT", format!("is not good ({why})"), EXAMPLE);
        let (own, others) = identity.chain.split_first().ok_or_else(|| wrong("empty".to_owned()))?;
        let verified = identity.clients()?.verify_client_cert(own, others, UnixTime::now());
        verified.map_err(|error| wrong(error.to_string()))?;
        Ok(identity)
    }

    /// When its certificate ends, as a Unix time.
    pub(crate) fn expires(&self) -> Option<i64> {
        let (_, own) = X509Certificate::from_der(self.chain.first()?).ok()?;
        Some(own.validity().not_after.timestamp())
    }

    fn clients(&self) -> Result<Arc<dyn ClientCertVerifier>, ConfigError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        WebPkiClientVerifier::builder_with_provider(self.roots.clone(), provider)
            .build()
            .map_err(|error| ConfigError::new("TLS_CA", format!("is wrong ({error})"), EXAMPLE))
    }

    /// TLS for the internal listener: no client without a certificate of our authority.
    pub fn server(&self) -> Result<ServerConfig, ConfigError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let clients = self.clients()?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .and_then(|builder| {
                builder
                    .with_client_cert_verifier(clients)
                    .with_single_cert(self.chain.clone(), self.key.clone_key())
            })
            .map_err(|error| wrong_pair(&error))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    /// TLS for calls to `peer`: whatever its address, its certificate must carry its name.
    pub fn client(&self, peer: PeerName) -> Result<ClientConfig, ConfigError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let server = NamedPeer::new(peer, self.roots.clone(), provider.clone())
            .map_err(|error| ConfigError::new("TLS_CA", format!("is wrong ({error})"), EXAMPLE))?;
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .and_then(|builder| {
                // `dangerous` because it replaces the name check; ours checks the chain, the dates and another name.
                let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(server));
                builder.with_client_auth_cert(self.chain.clone(), self.key.clone_key())
            })
            .map_err(|error| wrong_pair(&error))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn wrong_pair(error: &rustls::Error) -> ConfigError {
    ConfigError::new(
        "TLS_CERT",
        format!("and TLS_KEY do not go together ({error})"),
        "/etc/estore/tls/tls.crt",
    )
}

fn certificates(name: &'static str, pem: &SecretString) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.expose_secret().as_bytes()).collect();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(ConfigError::new(name, "holds no certificate in PEM", EXAMPLE)),
    }
}
