//! `POST /internal/verifications`.

use axum::{extract::State, http::StatusCode};
use estore_base::random;
use estore_contract::{
    ErrorBody, VerificationId,
    verification::{VerificationAccepted, VerificationRequest},
};
use estore_server::{
    auth::{Peer, peers::MailSenders},
    extract::Json,
};

use crate::{Error, app::App, mails};

/// Requests an email.
///
/// The email is committed to the outbox once this returns. A repeat with the same idempotency key
/// returns the same email. An email about an order goes to the owner of the account, at the
/// account's address when it is sent. For a closed account it is dropped.
#[utoipa::path(post, path = "/internal/verifications", tag = "internal", security(("peer" = ["user", "payment"])), request_body = VerificationRequest, responses(
    (status = 202, description = "In the outbox", body = VerificationAccepted),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn request_verification(
    State(app): State<App>,
    peer: Peer<MailSenders>,
    Json(request): Json<VerificationRequest>,
) -> Result<(StatusCode, Json<VerificationAccepted>), Error> {
    let key = request.idempotency_key.clone();
    let accepted = mails::accept(&app, peer.name, vec![request]).await?;
    // An email for a closed account is dropped, and the caller need not know.
    let made = || VerificationId(random::uuid_v7(app.clock.as_ref()));
    let verification_id = accepted.get(&key).copied().unwrap_or_else(made);
    Ok((StatusCode::ACCEPTED, Json(VerificationAccepted { verification_id })))
}
