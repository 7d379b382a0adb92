//! `DELETE /internal/users/{id}`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, UserId};
use estore_server::{
    auth::{Peer, peers::User},
    extract::Path,
};

use crate::{Error, app::App, store::verifications};

/// Erases all data on a closed account. Idempotent.
#[utoipa::path(delete, path = "/internal/users/{id}", tag = "internal", security(("peer" = ["user"])),
    params(("id" = UserId, Path, description = "The account")), responses(
    (status = 204, description = "Erased, now or before"),
    (status = 404, description = "No such path", body = ErrorBody),
))]
pub(super) async fn erase_user(
    State(app): State<App>,
    _peer: Peer<User>,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Error> {
    verifications::erase(&app.database, id, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
