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
    sync::OwnedSemaphorePermit,
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::RemoteAddr;
use crate::{auth::PeerIdentity, random};

/// How long a TLS handshake, or the head of a request, may take; an idle connection is closed after it too.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The two steps of stopping, and the time after which a connection ends in any case.
#[derive(Clone)]
pub(crate) struct Stop {
    /// Clients are told to go elsewhere, and are served meanwhile.
    pub(crate) leaving: CancellationToken,
    /// What is under way is finished, and nothing else.
    pub(crate) now: CancellationToken,
    /// How old a connection may get, so that clients find replicas that came after them.
    pub(crate) age: Duration,
}

pub(super) struct Connection {
    pub(super) routes: Router,
    pub(super) address: SocketAddr,
    pub(super) peer: PeerIdentity,
    pub(super) stop: Stop,
    /// Held as long as the connection lives.
    pub(super) slot: OwnedSemaphorePermit,
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
        let Self { routes, address, peer, stop, slot } = self;
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
        tokio::pin!(silent, old);
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
                    notes.leaves.store(true, Ordering::Relaxed);
                    if notes.is_http2.load(Ordering::Relaxed) {
                        connection.as_mut().graceful_shutdown();
                    }
                }
                () = stop.now.cancelled(), if !ends => {
                    ends = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
        drop(slot);
    }
}
