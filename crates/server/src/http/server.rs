//! Accepts connections, bounded in total and for each address.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use estore_base::{log_throttle::LogThrottle, reloadable::Reloadable};
use estore_telemetry::metrics::HttpMetrics;
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutWriter;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::task::TaskTracker;

use super::{
    ConnectionLimit,
    connection::{Connection, IDLE, PATIENCE, Stop},
    handshake::handshake,
};
use crate::auth::PeerIdentity;

/// The time that requests in progress may take once the service stops.
const DRAIN: Duration = Duration::from_secs(20);

/// A port with its routes and its TLS settings.
pub(crate) struct Listener {
    /// The value of the metric label `listener`.
    pub(crate) name: &'static str,
    pub(crate) socket: TcpListener,
    pub(crate) routes: Router,
    pub(crate) tls: Option<Reloadable<Arc<ServerConfig>>>,
    pub(crate) slots: Arc<ConnectionLimit>,
    pub(crate) metrics: HttpMetrics,
}

/// The address of the peer of the request's connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct RemoteAddr(pub(super) SocketAddr);

/// Throttles for log lines that remote clients can trigger.
#[derive(Default)]
struct Told {
    full: LogThrottle,
    failed: LogThrottle,
    tls: Arc<LogThrottle>,
}

/// Serves until `stop`, then lets requests in progress finish.
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
                    tracing::warn!(listener = listener.name, %error, more, "accept failed; will retry");
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
        tracing::warn!("drain time is over; aborting the requests in progress");
    }
}

/// Accepts a connection if the limits allow it.
fn admit(listener: &Listener, address: SocketAddr, stop: &Stop, told: &LogThrottle) -> Option<Connection> {
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
                tracing::warn!(
                    listener, bound, %address, more,
                    "connection limit reached; new connection closed"
                );
            }
            None
        }
    }
}

async fn attend(
    stream: TcpStream,
    mut connection: Connection,
    tls: Option<(Arc<ServerConfig>, Arc<LogThrottle>)>,
    metrics: HttpMetrics,
    builder: Arc<Builder<TokioExecutor>>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY; continuing without it");
    }
    // Nothing else bounds how long an answer may wait for a client that does not read.
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(PATIENCE));
    let stream = Box::pin(stream);
    let Some((tls, told)) = tls else { return connection.serve(&builder, stream).await };
    match handshake(tls, stream).await {
        Ok((stream, peer)) => {
            connection.peer = peer;
            connection.serve(&builder, stream).await;
        }
        Err(error) => {
            metrics.refused("internal", "tls");
            if let Some(more) = told.due() {
                let address = connection.address;
                tracing::warn!(%address, %error, more, "TLS handshake failed; connection closed");
            }
        }
    }
}

/// Sets the limits that HTTP leaves open, and that attackers exploit. For HTTP/1, these are the
/// time and the size of a request's head. For HTTP/2, these are the number of streams and resets of
/// a connection, and the amount of unread data.
pub(super) fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // `Connection` limits the first head to `PATIENCE`.
        .header_read_timeout(IDLE)
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
