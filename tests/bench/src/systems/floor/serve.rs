//! The routes of the floor.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
    serve::ListenerExt,
};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::net::TcpListener;

use super::work::{Hashing, ORDER, Step, Work, product};

#[derive(Clone)]
struct App {
    work: Work,
    peer: Option<u16>,
    http: Client<HttpConnector, Empty<Bytes>>,
    hashing: Arc<Hashing>,
}

/// A failure becomes a 500, which the generators count.
struct Failure;

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error: anyhow::Error = error.into();
        // The log of a floor explains invalid figures.
        let _gone = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{error:#}\n"));
        Self
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

type Json = (StatusCode, [(http::HeaderName, &'static str); 1], String);
type Answer = Result<Json, Failure>;

/// Serves until it is killed; an order hops to `peer`.
#[expect(clippy::disallowed_methods, reason = "it is bare on purpose")]
pub(crate) async fn serve(redis: &str, port: u16, peer: Option<u16>) -> Result<()> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let http = Client::builder(TokioExecutor::new()).build(connector);
    let app = App { work: Work::prepare(redis).await?, peer, http, hashing: Arc::new(Hashing::new()?) };
    let router = Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/product/{at}", get(one))
        .route("/list", get(twenty))
        .route("/card", post(write))
        .route("/card/{id}", delete(remove))
        .route("/order", post(order))
        .route("/login", post(login))
        .with_state(app);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    Ok(axum::serve(listener, router).await?)
}

fn json(status: StatusCode, body: String) -> Json {
    (status, [(CONTENT_TYPE, "application/json")], body)
}

async fn one(State(app): State<App>, Path(at): Path<usize>) -> Answer {
    Ok(json(StatusCode::OK, app.work.get(at).await?))
}

async fn twenty(State(app): State<App>) -> Answer {
    let items = app.work.get_twenty().await?.join(",");
    Ok(json(StatusCode::OK, format!(r#"{{"items":[{items}],"next_cursor":null}}"#)))
}

/// Serves also the peer's half of a hop.
async fn write(State(app): State<App>) -> Answer {
    app.work.put().await?;
    Ok(json(StatusCode::CREATED, r#"{"id":"0"}"#.to_owned()))
}

async fn remove(State(app): State<App>) -> Result<StatusCode, Failure> {
    app.work.put().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn order(State(app): State<App>) -> Answer {
    for step in ORDER {
        match step {
            Step::Write => app.work.put().await?,
            Step::Hop => app.hop().await?,
        }
    }
    Ok(json(StatusCode::CREATED, product(0)))
}

async fn login(State(app): State<App>) -> Answer {
    app.hashing.hash().await?;
    Ok(json(StatusCode::OK, "{}".to_owned()))
}

impl App {
    async fn hop(&self) -> Result<()> {
        let peer = self.peer.context("a peer to hop to")?;
        let request = http::Request::post(format!("http://127.0.0.1:{peer}/card")).body(Empty::new())?;
        let answer = self.http.request(request).await?;
        anyhow::ensure!(answer.status().is_success(), "the peer answered {}", answer.status());
        answer.into_body().collect().await?;
        Ok(())
    }
}
