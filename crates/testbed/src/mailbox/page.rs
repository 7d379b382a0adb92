//! Serves the HTML page and the JSON of the mailbox.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use tokio::net::TcpListener;

use super::store::Store;

#[expect(clippy::disallowed_methods, reason = "no service of the shop: it has no OpenAPI document")]
pub(super) async fn serve(listener: TcpListener, store: Arc<Store>) {
    let router = Router::new()
        .route(
            "/",
            get(async || ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(include_str!("page.html")))),
        )
        .route("/messages", get(list).delete(clear))
        .route("/messages/{id}", get(one))
        .with_state(store);
    // The server ends with the mailbox, not by itself.
    let _ended = axum::serve(listener, router).await;
}

/// Emails are hostile: the page runs its own script alone, and shows their HTML in a frame that
/// runs no script.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-src 'self' data: about:";

#[derive(Deserialize)]
struct Filter {
    to: Option<String>,
}

async fn list(State(store): State<Arc<Store>>, Query(filter): Query<Filter>) -> Response {
    Json(filter.to.map_or_else(|| store.messages(), |to| store.messages_to(&to))).into_response()
}

async fn one(State(store): State<Arc<Store>>, Path(id): Path<u64>) -> Response {
    store
        .message(id)
        .map_or_else(|| StatusCode::NOT_FOUND.into_response(), |message| Json(message).into_response())
}

async fn clear(State(store): State<Arc<Store>>) -> StatusCode {
    store.clear();
    StatusCode::NO_CONTENT
}
