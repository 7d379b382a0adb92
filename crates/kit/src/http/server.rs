//! Accepting connections: bounded in number, in all and for each address.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_rustls::rustls::ServerConfig;
use tokio_util::task::TaskTracker;

use super::{
    Slots,
    connection::{Connection, PATIENCE, Stop},
    handshake::handshake,
    patient::Patient,
};
use crate::{auth::PeerIdentity, live::Live, metrics::HttpMetrics, seldom::Seldom};

/// How long requests under way may take once the service stops.
const DRAIN: Duration = Duration::from_secs(20);

/// A port, what is served on it, and with which TLS.
pub(crate) struct Listener {
    /// A label of metrics.
    pub(crate) name: &'static str,
    pub(crate) socket: TcpListener,
    pub(crate) routes: Router,
    pub(crate) tls: Option<Live<Arc<ServerConfig>>>,
    pub(crate) slots: Arc<Slots>,
    pub(crate) metrics: HttpMetrics,
}

/// The address of the other end of the connection that a request came on.
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddr(pub SocketAddr);

/// What strangers cause, and how often it is told of.
#[derive(Default)]
struct Told {
    full: Seldom,
    failed: Seldom,
    tls: Arc<Seldom>,
}

/// Serves until it is to stop, then lets what is under way finish.
pub(crate) async fn serve(listener: Listener, stop: Stop) {
    let connections = TaskTracker::new();
    let builder = Arc::new(builder());
    let told = Told::default();
    loop {
        let accepted = tokio::select! {
            () = stop.now.cancelled() => break,
            accepted = listener.socket.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or the other side gave up: neither ends the service.
                if let Some(more) = told.failed.due() {
                    tracing::warn!(listener = listener.name, %error, more, "cannot accept a connection");
                }
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        if let Some(connection) = admit(&listener, address, &stop, &told.full) {
            let tls = listener.tls.as_ref().map(|tls| (tls.get(), told.tls.clone()));
            connections.spawn(attend(stream, connection, tls, listener.metrics.clone(), builder.clone()));
        }
    }
    drop(listener.socket);
    connections.close();
    if timeout(DRAIN, connections.wait()).await.is_err() {
        tracing::warn!("requests were still under way when the time to stop was over");
    }
}

/// Takes a connection on, where there is room for it.
fn admit(listener: &Listener, address: SocketAddr, stop: &Stop, told: &Seldom) -> Option<Connection> {
    match listener.slots.take(address.ip()) {
        Ok(slot) => Some(Connection {
            routes: listener.routes.clone(),
            address,
            peer: PeerIdentity(None),
            stop: stop.clone(),
            held: (slot, listener.metrics.opened(listener.name)),
        }),
        Err(full) => {
            listener.metrics.refused(listener.name, full.as_str());
            if let Some(more) = told.due() {
                let (listener, bound) = (listener.name, full.as_str());
                tracing::warn!(listener, bound, %address, more, "too many connections; one more is closed");
            }
            None
        }
    }
}

async fn attend(
    stream: TcpStream,
    mut connection: Connection,
    tls: Option<(Arc<ServerConfig>, Arc<Seldom>)>,
    metrics: HttpMetrics,
    builder: Arc<Builder<TokioExecutor>>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let stream = Patient::new(stream);
    let Some((tls, told)) = tls else { return connection.serve(&builder, stream).await };
    match handshake(tls, stream).await {
        Ok((stream, peer)) => {
            connection.peer = peer;
            connection.serve(&builder, stream).await;
        }
        Err(error) => {
            metrics.refused("internal", "tls");
            if let Some(more) = told.due() {
                tracing::warn!(address = %connection.address, %error, more, "a TLS handshake was refused");
            }
        }
    }
}

/// What HTTP itself leaves open, and an attacker would use: how long a head may take and how large it may be; how many streams a
/// connection may have, how many it may reset, and how much it may send that nobody has read.
pub(super) fn builder() -> Builder<TokioExecutor> {
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
        .max_local_error_reset_streams(128)
        .max_header_list_size(32 * 1024)
        .initial_stream_window_size(64 * 1024)
        .initial_connection_window_size(256 * 1024)
        .max_send_buf_size(64 * 1024)
        .keep_alive_interval(PATIENCE)
        .keep_alive_timeout(PATIENCE);
    builder
}
