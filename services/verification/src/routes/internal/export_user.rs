//! `GET /internal/users/{id}/export`.

use axum::extract::State;
use estore_contract::{ErrorBody, UserId, privacy::VerificationExport};
use estore_server::{
    auth::{Peer, peers::User},
    extract::{Json, Path},
};

use crate::{Error, app::App, store::verifications};

/// Returns all data on an account.
#[utoipa::path(get, path = "/internal/users/{id}/export", tag = "internal", security(("peer" = ["user"])),
    params(("id" = UserId, Path, description = "The account")), responses(
    (status = 200, description = "The user's emails, without tokens", body = VerificationExport),
    (status = 404, description = "No such path", body = ErrorBody),
))]
pub(super) async fn export_user(
    State(app): State<App>,
    _peer: Peer<User>,
    Path(id): Path<UserId>,
) -> Result<Json<VerificationExport>, Error> {
    Ok(Json(VerificationExport { mails: verifications::of_user(&app.database, id).await? }))
}
