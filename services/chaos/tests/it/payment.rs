//! The internal listener of a Payment Service that records its fault switches.

use std::sync::{Arc, Mutex};

use estore_base::{config::Env, identity::Identity};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs::default_provider, version::TLS13},
    server::TlsStream,
};

use crate::certificates::Authority;

/// A Payment Service.
pub(crate) struct Payment {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Payment {
    /// Starts it. Each request is answered with `status`.
    pub(crate) async fn start(authority: &Authority, status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let acceptor = acceptor(&authority.env("payment", &[]));
        let requests = Arc::<Mutex<Vec<(String, Value)>>>::default();
        let seen = requests.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(acceptor.clone(), stream, status, seen.clone()));
            }
        });
        Self { url, requests }
    }

    /// Returns the bodies of the switches so far, as kind and seconds.
    pub(crate) fn switched(&self) -> Vec<(String, u64)> {
        let requests = self.requests.lock().unwrap();
        let switch = |(line, body): &(String, Value)| {
            assert_eq!(line, "PUT /internal/faults HTTP/1.1");
            (body["kind"].as_str().unwrap().to_owned(), body["seconds"].as_u64().unwrap())
        };
        requests.iter().map(switch).collect()
    }
}

fn acceptor(env: &Env) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(tls(env)))
}

/// Returns the TLS settings of an internal listener.
pub(crate) fn tls(env: &Env) -> ServerConfig {
    let identity = Identity::from_env(env).unwrap();
    ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_client_cert_verifier(identity.clients().unwrap())
        .with_single_cert(identity.chain(), identity.key())
        .unwrap()
}

async fn serve(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    status: &str,
    seen: Arc<Mutex<Vec<(String, Value)>>>,
) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    while let Some(request) = read(&mut stream).await {
        seen.lock().unwrap().push(request);
        let body = if status.starts_with("204") { "" } else { REFUSAL };
        let length =
            if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let answer = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{length}\r\n{body}");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

const REFUSAL: &str =
    r#"{"error":"Not Found","message":"no","status_code":404,"code":"not_found","request_id":"x"}"#;

/// Reads a request, as its first line and its body.
async fn read(stream: &mut TlsStream<TcpStream>) -> Option<(String, Value)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some((head.lines().next()?.to_owned(), serde_json::from_slice(&body).ok()?))
}
