//! `GET /internal/users/{id}/links/{mail}`.

use axum::extract::State;
use estore_contract::{ErrorBody, UserId, verification::LinkState};
use estore_kit::{
    auth::{Peer, peers::Verification},
    extract::{Json, Path},
};
use uuid::Uuid;

use crate::{Error, app::App, store::links};

/// Whether a press of the link in a mail would do something: its page asks before it shows a button.
#[utoipa::path(get, path = "/internal/users/{id}/links/{mail}", tag = "internal", security(("peer" = ["verification"])),
    params(("id" = UserId, Path, description = "The account"), ("mail" = Uuid, Path, description = "The mail's idempotency key")), responses(
    (status = 200, description = "Whether it waits", body = LinkState),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 404, description = "No such path", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn link_state(
    State(app): State<App>,
    _peer: Peer<Verification>,
    Path((id, mail)): Path<(UserId, Uuid)>,
) -> Result<Json<LinkState>, Error> {
    Ok(Json(LinkState { waits: links::waits(&app.database, id, mail).await? }))
}
