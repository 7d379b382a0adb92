//! Calls to a peer whose connection goes silent, as when its node or a firewall dies.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::Request, serve::Listener};
use estore_client::PeerClient;
use estore_contract::PeerName;
use estore_testbed::Cable;
use http::{Method, StatusCode, Version};
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{certificates::Authority, payment::tls};

/// A listener with mutual TLS.
struct Internal(TcpListener, TlsAcceptor);

impl Listener for Internal {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, address) = self.0.accept().await.unwrap();
            if let Ok(stream) = self.1.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Starts a Payment Service that answers requests over HTTP/2. Returns its port.
async fn start(authority: &Authority) -> u16 {
    let mut config = tls(&authority.env("payment", &[]));
    config.alpn_protocols = vec![b"h2".to_vec()];
    let listener =
        Internal(TcpListener::bind("127.0.0.1:0").await.unwrap(), TlsAcceptor::from(Arc::new(config)));
    let port = listener.local_addr().unwrap().port();
    let answer = async |request: Request| match request.version() {
        Version::HTTP_2 => StatusCode::NO_CONTENT,
        _ => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
    };
    tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
    port
}

#[tokio::test]
async fn silent_connection_to_a_peer_is_replaced() {
    let authority = Authority::new();
    let cable = Cable::to(start(&authority).await).await.unwrap();
    let url = ("PAYMENT_SERVICE_URL", format!("https://127.0.0.1:{}", cable.port));
    let payment = PeerClient::from_env(&authority.env("chaos", &[url]), PeerName::Payment).unwrap();
    let call = async || payment.call::<()>(Method::GET, "/internal/faults", None::<&()>).await;
    call().await.unwrap();
    cable.lose();
    let answered = async { while call().await.is_err() {} };
    assert!(timeout(Duration::from_secs(10), answered).await.is_ok());
}
