//! `POST /internal/verifications`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody, VerificationId,
    verification::{VerificationAccepted, VerificationRequest},
};
use estore_kit::{
    auth::{Peer, peers::MailSenders},
    extract::Json,
    random,
};

use crate::{Error, app::App, mails};

/// Asks for a mail. It is in the outbox, committed, once this answers; a repeat with the same key asks for the same mail. A mail about an
/// order goes to the owner of the account, at the address that the account has when it is sent; for a closed account it is dropped.
#[utoipa::path(post, path = "/internal/verifications", tag = "internal", security(("peer" = ["user", "payment"])), request_body = VerificationRequest, responses(
    (status = 202, description = "In the outbox", body = VerificationAccepted),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(super) async fn request_verification(
    State(app): State<App>,
    peer: Peer<MailSenders>,
    Json(request): Json<VerificationRequest>,
) -> Result<(StatusCode, Json<VerificationAccepted>), Error> {
    let key = request.idempotency_key.clone();
    let accepted = mails::accept(&app, peer.name, vec![request]).await?;
    // A mail for a closed account is dropped, and its asker need not know.
    let made = || VerificationId(random::uuid_v7(app.clock.as_ref()));
    let verification_id = accepted.get(&key).copied().unwrap_or_else(made);
    Ok((StatusCode::ACCEPTED, Json(VerificationAccepted { verification_id })))
}
