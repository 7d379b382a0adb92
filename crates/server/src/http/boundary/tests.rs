//! Requests that are late, or whose client leaves.

use std::{future::pending, net::SocketAddr};

use axum::{Router, body::to_bytes, routing::any};
use estore_base::config::Env;
use estore_stores::pg;
use estore_telemetry::metrics::Meter;
use futures::{future::join_all, poll};
use tokio::net::TcpListener;
use tower::ServiceExt;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::*;
use crate::{
    http::{Bound, stack},
    limit::{Buckets, Class, limited},
    openapi::Documents,
    readiness::Readiness,
};

fn platform() -> Platform {
    Platform::new(Meter::default(), "test").unwrap()
}

fn slots() -> Arc<ConnectionLimit> {
    ConnectionLimit::new(Bound { all: 99, each: 99 }, TrustedProxies::default())
}

fn request(method: &Method) -> Request {
    Request::builder().method(method).uri("/things").header("host", "shop").body(Body::empty()).unwrap()
}

/// The routes of a listener whose only handler never answers.
#[expect(clippy::disallowed_methods, reason = "a test needs no document")]
fn hanging(platform: &Platform) -> Router {
    stack::internal(platform, Router::new().route("/things", any(pending::<()>)), slots())
}

#[tokio::test(start_paused = true)]
async fn late_write_has_an_unknown_outcome() {
    let routes = hanging(&platform());
    for (method, code) in [
        (Method::GET, Code::Unavailable),
        (Method::POST, Code::OutcomeUnknown),
        (Method::PUT, Code::OutcomeUnknown),
        (Method::PATCH, Code::OutcomeUnknown),
        (Method::DELETE, Code::OutcomeUnknown),
    ] {
        let answer = routes.clone().oneshot(request(&method)).await.unwrap();
        assert_eq!(code_of(answer).await, code.as_str(), "{method}");
    }
}

#[tokio::test]
async fn client_that_leaves_is_recorded_as_499() {
    let platform = platform();
    let mut serving = Box::pin(hanging(&platform).oneshot(request(&Method::GET)));
    assert!(poll!(&mut serving).is_pending());
    let count = r#"http_request_duration_seconds_count{listener="internal",method="GET",route="/things",status="499"} 1"#;
    assert!(!platform.metrics.text().unwrap().contains(count));
    drop(serving);
    let text = platform.metrics.text().unwrap();
    assert!(text.contains(count), "{text}");
}

/// Does a thing.
#[utoipa::path(post, path = "/things", responses((status = 200, description = "Done")))]
async fn nothing() {}

#[tokio::test(start_paused = true)]
async fn silent_store_delays_an_address_once() {
    let (platform, silent) = (platform(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let url = format!("postgres://nobody@{}/nothing", silent.local_addr().unwrap());
    let env: Env = [("DATABASE_URL", url)].into_iter().collect();
    let buckets = Buckets::Postgres(pg::connect(&env).unwrap());
    let limits = Limits::new(&env, &platform, buckets, &"k".repeat(32).into()).unwrap();
    let (routes, public) =
        OpenApiRouter::default().routes(limited(Class::Writes, routes!(nothing))).split_for_parts();
    let documents = Documents { public, internal: OpenApi::default() };
    let routes =
        stack::public(&env, &platform, routes, &documents, &Readiness::new(), slots(), limits).unwrap();
    let ask = async || {
        let mut request = request(&Method::POST);
        request.extensions_mut().insert(RemoteAddr(SocketAddr::from(([192, 0, 2, 1], 1))));
        code_of(routes.clone().oneshot(request).await.unwrap()).await
    };
    let began = tokio::time::Instant::now();
    for code in join_all((0..20).map(|_| ask())).await {
        assert_eq!(code, Code::Unavailable.as_str());
    }
    assert!(began.elapsed() < CHARGE * 2, "{:?}", began.elapsed());
}

/// Returns the code of an answer with 503.
async fn code_of(answer: Response) -> String {
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body = to_bytes(answer.into_body(), 10_000).await.unwrap();
    serde_json::from_slice::<ErrorBody>(&body).unwrap().code
}
