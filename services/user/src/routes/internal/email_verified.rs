//! `POST /internal/users/{id}/email-verified`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, UserId, verification::EmailVerified};
use estore_kit::{
    auth::{Peer, peers::Verification},
    extract::{Json, Path},
};

use crate::{Error, app::App, routes::proof};

/// The Verification Service's report: this address is proven. An address that is no longer the account's changes nothing.
#[utoipa::path(post, path = "/internal/users/{id}/email-verified", tag = "internal", security(("peer" = ["verification"])),
    params(("id" = UserId, Path, description = "The account")), request_body = EmailVerified, responses(
    (status = 204, description = "Known, now or before"),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 404, description = "No such account", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn email_verified(
    State(app): State<App>,
    _peer: Peer<Verification>,
    Path(id): Path<UserId>,
    Json(report): Json<EmailVerified>,
) -> Result<StatusCode, Error> {
    proof::note(&app, id, &report.email).await?;
    Ok(StatusCode::NO_CONTENT)
}
