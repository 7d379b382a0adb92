//! This service's certificate and key, and the CA of all services' certificates.

use std::sync::Arc;

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use secrecy::{ExposeSecret, SecretString};
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use crate::{
    config::{ConfigError, Env, Setting},
    pem,
};

const TLS_CERT: Setting =
    Setting::pem("TLS_CERT", "Certificate of this program for internal connections.").example(pem::EXAMPLE);
const TLS_KEY: Setting = Setting::pem("TLS_KEY", "Key of that certificate.").example(pem::EXAMPLE);
/// The CAs of all services' certificates.
pub const TLS_CA: Setting =
    Setting::pem("TLS_CA", "CAs of all services' certificates.").example(pem::EXAMPLE);

/// The settings that define an identity.
pub const SETTINGS: &[Setting] = &[TLS_CERT, TLS_KEY, TLS_CA];

/// The certificate, key and trusted CAs of this service for internal connections.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    roots: Arc<RootCertStore>,
}

impl Identity {
    /// Reads `TLS_CERT`, `TLS_KEY` and `TLS_CA`: each the PEM text itself, or the path of a PEM
    /// file.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let chain: Vec<_> = certificates(&TLS_CERT, &pem::required(env, &TLS_CERT)?)?;
        let key = PrivateKeyDer::from_pem_slice(pem::required(env, &TLS_KEY)?.expose_secret().as_bytes())
            .map_err(|_| TLS_KEY.wrong("holds no private key in PEM"))?;
        let mut roots = RootCertStore::empty();
        for authority in certificates(&TLS_CA, &pem::required(env, &TLS_CA)?)? {
            roots.add(authority).map_err(|error| TLS_CA.wrong(format!("is wrong ({error})")))?;
        }
        Ok(Self { chain, key, roots: Arc::new(roots) })
    }

    /// Reads an identity that is to replace a working one. Rejects one that no peer would accept,
    /// because it has expired or no CA of ours signed it.
    pub fn renewed(env: &Env) -> Result<Self, ConfigError> {
        let identity = Self::from_env(env)?;
        let wrong = |why: String| TLS_CERT.wrong(format!("is not valid ({why})"));
        let (own, others) = identity.chain.split_first().ok_or_else(|| wrong("empty".to_owned()))?;
        let verified = identity.clients()?.verify_client_cert(own, others, UnixTime::now());
        verified.map_err(|error| wrong(error.to_string()))?;
        Ok(identity)
    }

    /// Returns the time at which its certificate expires, as a Unix time.
    #[must_use]
    pub fn expires(&self) -> Option<i64> {
        let (_, own) = X509Certificate::from_der(self.chain.first()?).ok()?;
        Some(own.validity().not_after.timestamp())
    }

    /// Returns the certificate with its issuers, as a TLS connection presents it.
    #[must_use]
    pub fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.chain.clone()
    }

    /// Returns the private key of the certificate.
    #[must_use]
    pub fn key(&self) -> PrivateKeyDer<'static> {
        self.key.clone_key()
    }

    /// Returns the CAs that this service trusts.
    #[must_use]
    pub fn roots(&self) -> Arc<RootCertStore> {
        self.roots.clone()
    }

    /// Returns the verifier of client certificates, which accepts those of the trusted CAs.
    pub fn clients(&self) -> Result<Arc<dyn ClientCertVerifier>, ConfigError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        WebPkiClientVerifier::builder_with_provider(self.roots.clone(), provider)
            .build()
            .map_err(|error| TLS_CA.wrong(format!("is wrong ({error})")))
    }
}

/// Returns the error for a certificate and a key that do not fit.
#[must_use]
pub fn wrong_pair(error: &rustls::Error) -> ConfigError {
    TLS_CERT.wrong(format!("does not match TLS_KEY ({error})"))
}

fn certificates(setting: &Setting, pem: &SecretString) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.expose_secret().as_bytes()).collect();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(setting.wrong("holds no certificate in PEM")),
    }
}
