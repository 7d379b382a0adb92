//! `POST /internal/verifications`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody, FieldError, VerificationId,
    verification::{VerificationAccepted, VerificationRequest},
};
use estore_kit::{
    auth::{Peer, peers::MailSenders},
    extract::Json,
    fail_point, random,
};

use crate::{Error, app::App, store::verifications};

/// Asks for a mail. It is in the outbox, committed, once this answers; a repeat with the same key asks for the same mail.
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
    if !(1..=255).contains(&request.idempotency_key.chars().count()) {
        return Err(Error::Invalid(vec![FieldError::new(
            "idempotency_key",
            "must have 1 to 255 characters",
        )]));
    }
    let id = VerificationId(random::uuid_v7(app.clock.as_ref()));
    let verification_id =
        verifications::accept(&app.database, peer.name, &request, id, app.clock.now()).await?;
    fail_point!("verification.accepted.written");
    app.mail.notify_one();
    Ok((StatusCode::ACCEPTED, Json(VerificationAccepted { verification_id })))
}
