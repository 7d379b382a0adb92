//! A connection's life: it is served, it is told to end, it ends.
//!
//! Nobody is cut off: a client that keeps its connection learns by HTTP's own means that it should take another one, after its next
//! answer (`Connection: close`) or at once (GOAWAY, after which HTTP/2 clients repeat by themselves what was not looked at).

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
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
use crate::{auth::PeerIdentity, metrics::Counted, random};

/// How long a TLS handshake, or the head of a request, may take; an idle connection is closed after it too.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How long a request may take, and its answer.
pub(crate) const LAST: Duration = LONGEST.saturating_add(PATIENCE);

/// The two steps of stopping, and the time after which a connection ends in any case.
#[derive(Clone)]
pub(crate) struct Stop {
    /// Clients are told to go elsewhere, and are served meanwhile.
    pub(crate) leaving: CancellationToken,
    /// What is under way is finished, and nothing else.
    pub(crate) now: CancellationToken,
    /// How old a connection may get, so that clients find replicas that came after them.
    pub(crate) age: Duration,
    /// How long a connection may go on after it was told to end: [`LAST`]. It ends sooner by itself, unless its client does not read, which
    /// HTTP/2 allows (a window of nothing).
    pub(crate) last: Duration,
}

pub(super) struct Connection {
    pub(super) routes: Router,
    pub(super) address: SocketAddr,
    pub(super) peer: PeerIdentity,
    pub(super) stop: Stop,
    /// Held as long as the connection lives.
    pub(super) held: (Slot, Counted),
}

/// What the requests on a connection and its keeper tell each other.
#[derive(Default)]
struct Notes {
    spoke: AtomicBool,
    is_http2: AtomicBool,
    leaves: AtomicBool,
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
            notes.spoke.store(true, Ordering::Relaxed);
            notes.is_http2.store(is_http2, Ordering::Relaxed);
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
        // The builder waits without end for the first bytes, by which it tells the protocols apart.
        let silent = sleep(PATIENCE);
        // Not all at once, where all began at once.
        let old = sleep(stop.age.mul_f64(0.8 + 0.4 * random::fraction()));
        // Reset once it is told to end.
        let over = sleep(stop.age.saturating_mul(2).saturating_add(stop.last));
        tokio::pin!(silent, old, over);
        let (mut heard, mut leaves, mut ends) = (false, false, false);
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(error) = ended {
                        tracing::debug!(%address, %error, "a connection broke");
                    }
                    break;
                }
                () = &mut silent, if !heard => {
                    if !notes.spoke.load(Ordering::Relaxed) {
                        tracing::debug!(%address, "a connection said nothing");
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
                    tracing::debug!(%address, "a connection did not end by itself");
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
    use crate::metrics::Meter;
    use estore_contract::PeerName;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, duplex},
        time::timeout,
    };

    use super::*;
    use crate::{
        http::{Bound, Slots, TrustedProxies, server::builder},
        metrics::HttpMetrics,
    };

    #[tokio::test]
    async fn a_client_that_opens_no_window_is_cut_off_in_the_end() {
        let address = SocketAddr::from(([192, 0, 2, 1], 1));
        let slots = Slots::new(Bound { all: 1, each: 1 }, TrustedProxies::default());
        let held = (
            slots.take(address.ip()).unwrap(),
            HttpMetrics::new(&Meter::default()).unwrap().opened("public"),
        );
        let stop = Stop {
            leaving: CancellationToken::new(),
            now: CancellationToken::new(),
            age: Duration::from_millis(50),
            last: Duration::from_millis(50),
        };
        let routes = Router::new().fallback(|| async { vec![b'x'; 100_000] });
        let peer = PeerIdentity(Some(PeerName::User));
        let connection = Connection { routes, address, peer, stop, held };
        let (mut client, server) = duplex(64 * 1024);
        let serving = tokio::spawn(async move { connection.serve(&builder(), server).await });
        client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        // SETTINGS with a window of 0 for each stream, and a GET.
        client.write_all(&[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]).await.unwrap();
        client.write_all(&[0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x84, 0x86, 0x41, 1, b'x']).await.unwrap();
        let mut heard = Vec::new();
        timeout(PATIENCE, client.read_to_end(&mut heard)).await.expect("the end").unwrap();
        serving.await.unwrap();
        assert!(heard.len() < 10_000 && slots.take(address.ip()).is_ok());
    }
}
