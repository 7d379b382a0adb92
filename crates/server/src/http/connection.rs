//! The life of a connection, from its first request to its end.
//!
//! A stop does not cut clients off. It asks each client by HTTP's own means to use another
//! connection. HTTP/1 learns this with its next answer (`Connection: close`), and HTTP/2 at once
//! (GOAWAY). HTTP/2 clients then repeat unprocessed requests themselves.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, Version, header},
};
use estore_base::random;
use estore_telemetry::metrics::Counted;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{RemoteAddr, Slot, boundary::LONGEST};
use crate::auth::PeerIdentity;

/// The time limit for a TLS handshake, for the head of the first request, and for a write that the
/// client does not read.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The time limit for the next request on a connection, and for its head. It is longer than the 60
/// s for which load balancers and nginx keep a connection. If the shorter time were ours, we would
/// close connections as they send on them, and their clients would get 502.
pub(super) const IDLE: Duration = Duration::from_secs(75);

/// The time limit for a request and its answer.
pub(crate) const LAST: Duration = LONGEST.saturating_add(PATIENCE);

/// The two steps of stopping, and the age and time limits of connections.
#[derive(Clone)]
pub(crate) struct Stop {
    /// The first step: clients are asked to reconnect elsewhere, and are still served.
    pub(crate) leaving: CancellationToken,
    /// The second step: requests in progress finish, and no others start.
    pub(crate) now: CancellationToken,
    /// The maximum age of a connection, so that clients find newer replicas.
    pub(crate) age: Duration,
    /// The time that a connection may take to end once asked, which is [`LAST`]. It ends sooner
    /// unless its client does not read, which HTTP/2 allows (a window of zero).
    pub(crate) last: Duration,
}

pub(super) struct Connection {
    pub(super) routes: Router,
    pub(super) address: SocketAddr,
    pub(super) peer: PeerIdentity,
    pub(super) stop: Stop,
    /// Held for the lifetime of the connection.
    pub(super) held: (Slot, Counted),
}

/// State shared by the requests on a connection and the loop that serves it.
#[derive(Default)]
struct Notes {
    is_http2: AtomicBool,
    leaves: AtomicBool,
    began: Mutex<Option<Instant>>,
}

impl Notes {
    fn begins(&self, is_http2: bool) {
        self.is_http2.store(is_http2, Ordering::Relaxed);
        *self.began() = Some(Instant::now());
    }

    /// The start of the latest request.
    fn began(&self) -> MutexGuard<'_, Option<Instant>> {
        self.began.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the end of the time of an HTTP/1 request that began after the connection was asked
    /// to end, if that is to come. HTTP/2 begins none then.
    fn later_end(&self, last: Duration) -> Option<Instant> {
        let end = self.began().map(|began| began + last).filter(|end| *end > Instant::now());
        end.filter(|_| !self.is_http2.load(Ordering::Relaxed))
    }
}

impl Connection {
    pub(super) async fn serve<I: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        self,
        builder: &Builder<TokioExecutor>,
        stream: I,
    ) {
        let Self { routes, address, peer, stop, held } = self;
        let notes = Arc::new(Notes::default());
        let (shared, leaving) = (notes.clone(), stop.leaving.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let (routes, notes, leaving) = (routes.clone(), shared.clone(), leaving.clone());
            let is_http2 = request.version() == Version::HTTP_2;
            notes.begins(is_http2);
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(RemoteAddr(address));
            request.extensions_mut().insert(peer);
            async move {
                let mut response = routes.oneshot(request).await.unwrap_or_else(|never| match never {});
                if !is_http2 && (leaving.is_cancelled() || notes.leaves.load(Ordering::Relaxed)) {
                    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(response)
            }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        tokio::pin!(connection);
        // The builder has no timeout for the first bytes, from which it detects the protocol.
        let silent = sleep(PATIENCE);
        // Jitter, so that connections that began together do not all end together.
        let old = sleep(stop.age.mul_f64(0.8 + 0.4 * random::fraction()));
        // Reset once the connection is asked to end.
        let over = sleep(stop.age.saturating_mul(2).saturating_add(stop.last));
        tokio::pin!(silent, old, over);
        let (mut heard, mut leaves, mut ends) = (false, false, false);
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(error) = ended {
                        tracing::debug!(%address, %error, "connection failed; closed");
                    }
                    break;
                }
                () = &mut silent, if !heard => {
                    if notes.began().is_none() {
                        tracing::debug!(%address, "connection sent nothing; closed");
                        break;
                    }
                    heard = true;
                }
                () = async { tokio::select! { () = stop.leaving.cancelled() => {} () = &mut old => {} } }, if !leaves => {
                    leaves = true;
                    over.as_mut().reset(Instant::now() + stop.last);
                    notes.leaves.store(true, Ordering::Relaxed);
                    if notes.is_http2.load(Ordering::Relaxed) {
                        connection.as_mut().graceful_shutdown();
                    }
                }
                () = &mut over => {
                    if let Some(end) = notes.later_end(stop.last) {
                        over.as_mut().reset(end);
                        continue;
                    }
                    tracing::debug!(%address, "connection did not end in time; closed");
                    break;
                }
                () = stop.now.cancelled(), if !ends => {
                    ends = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
        drop(held);
    }
}

#[cfg(test)]
mod tests {
    use estore_base::trusted_proxies::TrustedProxies;
    use estore_contract::PeerName;
    use estore_telemetry::metrics::{HttpMetrics, Meter};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
        task::JoinHandle,
        time::timeout,
    };

    use super::*;
    use crate::http::{Bound, ConnectionLimit, server::builder};

    /// Serves a connection with these routes. It is asked to end after about 50 ms.
    fn serve(routes: Router, last: Duration, slots: &Arc<ConnectionLimit>) -> (DuplexStream, JoinHandle<()>) {
        let address = SocketAddr::from(([192, 0, 2, 1], 1));
        let held = (
            slots.take(address.ip()).unwrap(),
            HttpMetrics::new(&Meter::default()).unwrap().opened("public"),
        );
        let stop = Stop {
            leaving: CancellationToken::new(),
            now: CancellationToken::new(),
            age: Duration::from_millis(50),
            last,
        };
        let peer = PeerIdentity(Some(PeerName::User));
        let connection = Connection { routes, address, peer, stop, held };
        let (client, server) = duplex(64 * 1024);
        (client, tokio::spawn(async move { connection.serve(&builder(), server).await }))
    }

    fn one_slot() -> Arc<ConnectionLimit> {
        ConnectionLimit::new(Bound { all: 1, each: 1 }, TrustedProxies::default())
    }

    #[tokio::test]
    async fn client_with_a_closed_window_is_disconnected() {
        let slots = one_slot();
        let routes = Router::new().fallback(|| async { vec![b'x'; 100_000] });
        let (mut client, serving) = serve(routes, Duration::from_millis(50), &slots);
        client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        // SETTINGS with a window of 0 for each stream, and a GET.
        client.write_all(&[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]).await.unwrap();
        client.write_all(&[0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x84, 0x86, 0x41, 1, b'x']).await.unwrap();
        let mut heard = Vec::new();
        timeout(PATIENCE, client.read_to_end(&mut heard)).await.expect("the end").unwrap();
        serving.await.unwrap();
        assert!(heard.len() < 10_000 && slots.take(SocketAddr::from(([192, 0, 2, 1], 1)).ip()).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn request_on_an_old_connection_is_answered() {
        let routes = Router::new().fallback(|request: Request| async move {
            let work = if request.uri().path() == "/slow" { 200 } else { 0 };
            sleep(Duration::from_millis(work)).await;
        });
        let (mut client, serving) = serve(routes, Duration::from_millis(300), &one_slot());
        client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        // The connection turns old after 40 to 60 ms, and is over 300 ms later.
        sleep(Duration::from_millis(250)).await;
        client.write_all(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let mut heard = String::new();
        timeout(PATIENCE, client.read_to_string(&mut heard)).await.expect("the end").unwrap();
        serving.await.unwrap();
        assert_eq!(heard.matches("200 OK").count(), 2, "{heard}");
        assert_eq!(heard.matches("connection: close").count(), 1, "{heard}");
    }
}
