//! A fake User Service that shows configured certificates, and records its callers and their
//! requests.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig, SupportedProtocolVersion,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::WebPkiClientVerifier,
    },
};

use super::authority::{Authority, Pair};

/// The certificate of a caller, and the text that it sent after the handshake.
#[derive(Debug, Clone, Default)]
pub(super) struct Call {
    pub(super) certificate: Vec<u8>,
    pub(super) text: String,
    /// The number of configuration changes of the server before the call.
    turn: u32,
}

/// The number of configuration changes, and the current one. `None` means no TLS.
type Shown = (u32, Option<Arc<ServerConfig>>);

pub(super) struct Fake {
    pub(super) port: u16,
    shown: Arc<Mutex<Shown>>,
    calls: Arc<Mutex<Vec<Call>>>,
    task: AbortHandle,
}

impl Fake {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (shown, calls) = (Arc::<Mutex<Shown>>::default(), Arc::<Mutex<Vec<Call>>>::default());
        let (what, heard) = (shown.clone(), calls.clone());
        let serve = async move {
            while let Ok((stream, _)) = listener.accept().await {
                let ((turn, tls), heard) = (what.lock().unwrap().clone(), heard.clone());
                tokio::spawn(async move {
                    if let Some(call) = attend(stream, tls).await {
                        heard.lock().unwrap().push(Call { turn, ..call });
                    }
                });
            }
        };
        Self { port, shown, calls, task: tokio::spawn(serve).abort_handle() }
    }

    /// Shows this certificate from now on, and accepts callers of these CAs.
    pub(super) fn show(
        &self,
        pair: &Pair,
        authorities: &[&Authority],
        version: &'static SupportedProtocolVersion,
    ) {
        let mut roots = RootCertStore::empty();
        for authority in authorities {
            roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let callers =
            WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone()).build().unwrap();
        let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
        let config =
            ServerConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap();
        let config = config.with_client_cert_verifier(callers).with_single_cert(chain, key).unwrap();
        self.turn(Some(Arc::new(config)));
    }

    /// Speaks no TLS from now on.
    pub(super) fn show_nothing(&self) {
        self.turn(None);
    }

    fn turn(&self, tls: Option<Arc<ServerConfig>>) {
        let mut shown = self.shown.lock().unwrap();
        *shown = (shown.0 + 1, tls);
    }

    /// Returns the calls since the last time, only those under the current configuration: a job's
    /// call may still be in progress from before.
    pub(super) fn calls(&self) -> Vec<Call> {
        let (turn, _) = *self.shown.lock().unwrap();
        let mut calls = std::mem::take(&mut *self.calls.lock().unwrap());
        calls.retain(|call| call.turn == turn);
        calls
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn attend(mut stream: TcpStream, tls: Option<Arc<ServerConfig>>) -> Option<Call> {
    let mut buffer = [0; 8192];
    let Some(tls) = tls else {
        let count = stream.read(&mut buffer).await.ok()?;
        let _gone = stream.write_all(&answer("{}")).await;
        return Some(Call {
            text: String::from_utf8_lossy(&buffer[..count]).into_owned(),
            ..Call::default()
        });
    };
    let mut stream = TlsAcceptor::from(tls).accept(stream).await.ok()?;
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| Some(chain.first()?.to_vec()));
    let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
    let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
    let body = if text.contains("/internal/epoch") { r#"{"epoch": 1}"# } else { r#"{"active": false}"# };
    let _gone = stream.write_all(&answer(body)).await;
    let _gone = stream.shutdown().await;
    Some(Call { certificate: certificate.unwrap_or_default(), text, ..Call::default() })
}

fn answer(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}
