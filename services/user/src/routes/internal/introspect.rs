//! `POST /internal/introspect`.

use axum::extract::State;
use estore_contract::introspection::{IntrospectRequest, Introspection};
use estore_server::{
    Problem,
    auth::{Peer, peers::TokenHolders},
    extract::Json,
};

use crate::app::App;

/// Returns the caller behind an access token, as of now (after RFC 7662).
///
/// Any defect of a token gives the same answer: the token is not active.
#[utoipa::path(post, path = "/internal/introspect", tag = "internal", security(("peer" = ["verification", "inventory", "payment"])),
    request_body = IntrospectRequest, responses(
    (status = 200, description = "The user and session of the token, or `active: false`", body = Introspection),
))]
pub(crate) async fn introspect(
    State(app): State<App>,
    _peer: Peer<TokenHolders>,
    Json(request): Json<IntrospectRequest>,
) -> Result<Json<Introspection>, Problem> {
    let principal = app.principal(&request.token).await.map_err(Problem::unavailable)?;
    Ok(Json(Introspection { active: principal.is_some(), principal }))
}
