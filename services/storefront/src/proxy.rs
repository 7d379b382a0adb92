//! The public APIs of the services below `/api`, under the storefront's own address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderName, Uri, header},
    response::{IntoResponse, Response},
};
use estore_base::client_address::ClientAddress;
use estore_client::NoAnswer;
use estore_contract::Code;
use estore_server::Problem;
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    api::{FORWARDED_FOR, Service},
    app::App,
};

/// The time in which the head of an answer must come. A request here has 30 s.
const LIMIT: Duration = Duration::from_secs(29);
/// The most answers that are on their way at once, event streams included.
const MOST_STREAMS: usize = 1024;
/// The most of them for one client, so that one cannot shut out all others.
const MOST_EACH: usize = 256;
/// The headers of one connection (RFC 9110, section 7.6.1), and those for the storefront alone: its
/// cookies, and its host.
const OWN: [HeaderName; 11] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::COOKIE,
    header::SET_COOKIE,
];

/// The answers on their way, in all and for each client.
pub(crate) struct Streams {
    free: Arc<Semaphore>,
    taken: Arc<Taken>,
}

/// The number of answers on their way, by the network of the client.
#[derive(Default)]
struct Taken(Mutex<HashMap<String, usize>>);

/// A place for an answer on its way, until it is dropped.
pub(crate) struct Place {
    taken: Arc<Taken>,
    client: String,
    _permit: OwnedSemaphorePermit,
}

impl Streams {
    pub(crate) fn new() -> Self {
        Self { free: Arc::new(Semaphore::new(MOST_STREAMS)), taken: Arc::default() }
    }

    /// Takes a place for an answer on its way to `client`.
    pub(crate) fn take(&self, client: Option<ClientAddress>) -> Result<Place, Problem> {
        let permit = self.free.clone().try_acquire_owned().map_err(|_full| {
            Problem::new(Code::Unavailable, "Too many answers are on their way. Try again.")
        })?;
        let client = client.map(ClientAddress::network).unwrap_or_default();
        let mut counts = self.taken.counts();
        let count = counts.entry(client.clone()).or_default();
        if *count >= MOST_EACH {
            let message = "Too many answers are on their way to your address. Try again.";
            return Err(Problem::new(Code::RateLimited, message).retry_after(Duration::from_secs(10)));
        }
        *count += 1;
        Ok(Place { taken: self.taken.clone(), client, _permit: permit })
    }
}

impl Taken {
    fn counts(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.taken.counts();
        if let Some(count) = counts.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.client);
            }
        }
    }
}

/// Forwards a request to a service.
pub(crate) async fn forward(
    State(app): State<App>,
    Path((service, _path)): Path<(String, String)>,
    request: Request,
) -> Response {
    match attempt(&app, &service, request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn attempt(app: &App, service: &str, request: Request) -> Result<Response, Problem> {
    let service = match service {
        "user" => Service::User,
        "inventory" => Service::Inventory,
        "payment" => Service::Payment,
        "verification" => Service::Verification,
        _ => return Err(Problem::not_found()),
    };
    let client: Option<ClientAddress> = request.extensions().get().copied();
    let place = app.streams.take(client)?;
    let (mut parts, body) = request.into_parts();
    // The path as the client encoded it.
    let rest = parts.uri.path_and_query().and_then(|all| all.as_str().strip_prefix("/api/"));
    let target = rest.and_then(|rest| rest.find('/').and_then(|at| rest.get(at..))).unwrap_or("/");
    parts.uri = target.parse::<Uri>().map_err(|_error| Problem::not_found())?;
    drop_own(&mut parts.headers);
    parts.headers.remove(header::HOST);
    parts.headers.remove(FORWARDED_FOR);
    if let Some(address) = client.and_then(|address| address.to_string().parse().ok()) {
        parts.headers.insert(FORWARDED_FOR, address);
    }
    let body = (!body.is_end_stream()).then(|| body.into_data_stream());
    let only_reads = parts.method.is_safe();
    let answer = app.services.client(service).forward(Request::from_parts(parts, body), LIMIT).await;
    let mut answer = answer.map_err(|error| unanswered(error, only_reads))?;
    drop_own(answer.headers_mut());
    Ok(answer.map(|stream| {
        Body::from_stream(stream.map(move |part| {
            let _until_the_end = &place;
            part
        }))
    }))
}

/// Returns the problem of a call without an answer. A write that may have reached its service may
/// have had its effect (order-flow section 5).
fn unanswered(error: NoAnswer, only_reads: bool) -> Problem {
    if only_reads || error.is_unsent { Problem::unavailable(error) } else { Problem::outcome_unknown(error) }
}

/// Removes the headers of one connection, and those that `Connection` names.
fn drop_own(headers: &mut HeaderMap) {
    let named = headers.get_all(header::CONNECTION).iter().filter_map(|line| line.to_str().ok());
    let named = named.flat_map(|line| line.split(',')).filter_map(|name| name.trim().parse().ok());
    let named: Vec<HeaderName> = named.collect();
    for name in OWN.iter().chain(&named) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use estore_base::trusted_proxies::TrustedProxies;

    use super::*;

    #[test]
    fn one_client_cannot_take_every_place() {
        let streams = Streams::new();
        let client = |host: u8| {
            let peer = std::net::SocketAddr::from(([192, 0, 2, host], 1));
            Some(ClientAddress::of(&TrustedProxies::default(), peer, &HeaderMap::new()))
        };
        let mut places: Vec<Place> = (0..MOST_EACH).map(|_| streams.take(client(1)).ok().unwrap()).collect();
        assert_eq!(streams.take(client(1)).err().unwrap().code(), Code::RateLimited);
        let other = streams.take(client(2)).ok();
        assert!(other.is_some());
        places.pop();
        assert!(streams.take(client(1)).is_ok());
        drop((places, other));
        assert!(streams.taken.counts().is_empty());
        let places: Vec<Place> = (0..4)
            .flat_map(|host| (0..MOST_EACH).map(move |_| host))
            .map(|host| streams.take(client(host)).ok().unwrap())
            .collect();
        assert_eq!(streams.take(client(9)).err().unwrap().code(), Code::Unavailable);
        drop(places);
    }

    #[test]
    fn connection_headers_and_cookies_are_not_forwarded() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, x-secret"),
            ("x-secret", "1"),
            ("cookie", "shop-session=x"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("authorization", "Bearer x"),
            ("content-length", "2"),
            ("last-event-id", "7"),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        drop_own(&mut headers);
        let mut left: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["authorization", "content-length", "last-event-id"]);
    }
}
