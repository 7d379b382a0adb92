//! Accepting connections: bounded in number, in the time that a head may take, and in the time that stopping takes.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use estore_contract::PeerName;
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConnection};
use tokio_util::task::TaskTracker;
use x509_parser::{extensions::GeneralName, prelude::FromDer};

use super::connection::{Connection, PATIENCE, Stop};
use crate::auth::PeerIdentity;

const CONNECTIONS: usize = 4096;
/// How long requests under way may take once the service stops.
const DRAIN: Duration = Duration::from_secs(20);

/// A port, what is served on it, and with which TLS.
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) routes: Router,
    pub(crate) tls: Option<TlsAcceptor>,
}

/// The address of the other end of the connection that a request came on.
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddr(pub SocketAddr);

/// Serves until it is to stop, then lets what is under way finish.
pub(crate) async fn serve(listener: Listener, stop: Stop) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let connections = TaskTracker::new();
    let builder = Arc::new(builder());
    loop {
        let accepted = tokio::select! {
            () = stop.now.cancelled() => break,
            accepted = listener.socket.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or the other side gave up: neither ends the service.
                tracing::warn!(%error, "cannot accept a connection");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(slot) = slots.clone().try_acquire_owned() else {
            tracing::warn!("too many connections; one more is closed");
            continue;
        };
        let (routes, tls, builder, stop) =
            (listener.routes.clone(), listener.tls.clone(), builder.clone(), stop.clone());
        connections.spawn(async move {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "no TCP_NODELAY");
            }
            let connection = Connection { routes, address, peer: PeerIdentity(None), stop, slot };
            match tls {
                None => connection.serve(&builder, stream).await,
                Some(tls) => handshake(tls, stream, connection, &builder).await,
            }
        });
    }
    drop(listener.socket);
    connections.close();
    if timeout(DRAIN, connections.wait()).await.is_err() {
        tracing::warn!("requests were still under way when the time to stop was over");
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_headers(100)
        .max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(128)
        .max_pending_accept_reset_streams(20)
        .max_header_list_size(32 * 1024)
        .keep_alive_interval(PATIENCE)
        .keep_alive_timeout(PATIENCE);
    builder
}

async fn handshake(
    tls: TlsAcceptor,
    stream: TcpStream,
    mut connection: Connection,
    builder: &Builder<TokioExecutor>,
) {
    match timeout(PATIENCE, tls.accept(stream)).await {
        Ok(Ok(stream)) => {
            connection.peer = PeerIdentity(peer_of(stream.get_ref().1));
            connection.serve(builder, stream).await;
        }
        Ok(Err(error)) => {
            tracing::warn!(address = %connection.address, %error, "a TLS handshake was refused");
        }
        Err(_elapsed) => tracing::debug!(address = %connection.address, "a TLS handshake took too long"),
    }
}

/// The service that the client certificate names; only a certificate with exactly one name of ours counts.
fn peer_of(session: &ServerConnection) -> Option<PeerName> {
    let certificate = session.peer_certificates()?.first()?;
    let (_, certificate) = x509_parser::certificate::X509Certificate::from_der(certificate).ok()?;
    let names = certificate.subject_alternative_name().ok()??;
    match names.value.general_names.as_slice() {
        [GeneralName::DNSName(name)] => PeerName::from_dns(name),
        _ => None,
    }
}
