//! `GET /internal/users/{id}/links/{mail}`.

use axum::extract::State;
use estore_contract::{ErrorBody, UserId, verification::LinkState};
use estore_server::{
    auth::{Peer, peers::Verification},
    extract::{Json, Path},
};
use uuid::Uuid;

use crate::{Error, app::App, store::links};

/// Reports whether a press of the link in an email would have an effect.
///
/// The link's page asks this before it shows a button.
#[utoipa::path(get, path = "/internal/users/{id}/links/{mail}", tag = "internal", security(("peer" = ["verification"])),
    params(("id" = UserId, Path, description = "The account"), ("mail" = Uuid, Path, description = "The email's idempotency key")), responses(
    (status = 200, description = "The state of the link", body = LinkState),
    (status = 404, description = "No such path", body = ErrorBody),
))]
pub(crate) async fn link_state(
    State(app): State<App>,
    _peer: Peer<Verification>,
    Path((id, mail)): Path<(UserId, Uuid)>,
) -> Result<Json<LinkState>, Error> {
    Ok(Json(LinkState { waits: links::waits(&app.database, id, mail).await? }))
}
