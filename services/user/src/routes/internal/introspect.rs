//! `POST /internal/introspect`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    introspection::{IntrospectRequest, Introspection},
};
use estore_kit::{
    Problem,
    auth::{Peer, peers::TokenHolders},
    extract::Json,
};

use crate::app::App;

/// Who is behind an access token, now (after RFC 7662). Whatever is wrong with a token, it is just not active.
#[utoipa::path(post, path = "/internal/introspect", tag = "internal", security(("peer" = ["verification", "inventory", "payment"])),
    request_body = IntrospectRequest, responses(
    (status = 200, description = "Who, or `active: false`", body = Introspection),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn introspect(
    State(app): State<App>,
    _peer: Peer<TokenHolders>,
    Json(request): Json<IntrospectRequest>,
) -> Result<Json<Introspection>, Problem> {
    let principal = app.principal(&request.token).await.map_err(Problem::unavailable)?;
    Ok(Json(Introspection { active: principal.is_some(), principal }))
}
