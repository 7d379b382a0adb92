//! Watches the expiry of the certificates that stores present over TLS.

use std::{io, sync::Arc, time::Duration};

use estore_telemetry::metrics::IntGauge;
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

const PERIOD: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(5);

/// The request for TLS that begins a Postgres connection (`SSLRequest` of its protocol).
pub(crate) const POSTGRES: &[u8] = &[0, 0, 0, 8, 4, 210, 22, 47];
/// A Redis connection begins with TLS itself.
pub(crate) const REDIS: &[u8] = &[];

/// The certificate of one store. Each check opens a connection of its own, without login.
pub(crate) struct Shown {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The bytes sent before TLS: [`POSTGRES`] or [`REDIS`].
    pub(crate) prelude: &'static [u8],
    pub(crate) expires: IntGauge,
}

impl Shown {
    /// Checks every half minute until `stop`. If the store does not answer, the last value stays,
    /// and readiness reports the problem.
    pub(crate) async fn watch(self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let looked = timeout(PATIENCE, self.look()).await;
            match looked.unwrap_or_else(|elapsed| Err(elapsed.into())) {
                Ok(expires) => self.expires.set(expires),
                Err(error) => tracing::debug!(host = self.host, %error, "certificate not read; will retry"),
            }
            tokio::select! { () = stop.cancelled() => {}, () = sleep(PERIOD) => {} }
        }
    }

    /// Returns the time at which the certificate expires, as a Unix time.
    async fn look(&self) -> io::Result<i64> {
        let wrong = |why: &'static str| io::Error::new(io::ErrorKind::InvalidData, why);
        let mut stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        if !self.prelude.is_empty() {
            stream.write_all(self.prelude).await?;
            if stream.read_u8().await? != b'S' {
                return Err(wrong("the server does not speak TLS"));
            }
        }
        let name = ServerName::try_from(self.host.clone()).map_err(|_| wrong("the host is not a name"))?;
        let mut stream = TlsConnector::from(config()?).connect(name, stream).await?;
        let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let own = certificates.first().ok_or_else(|| wrong("no certificate"))?;
        let (_, own) = X509Certificate::from_der(own).map_err(|_| wrong("not a certificate"))?;
        let expires = own.validity().not_after.timestamp();
        stream.shutdown().await?;
        Ok(expires)
    }
}

fn config() -> io::Result<Arc<ClientConfig>> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Unjudged(provider)))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Accepts every certificate, even an expired one, because nothing is sent over the connection.
#[derive(Debug)]
struct Unjudged(Arc<CryptoProvider>);

impl ServerCertVerifier for Unjudged {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
