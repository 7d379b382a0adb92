//! `POST /internal/verifications/batch`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody,
    verification::{BatchAccepted, VerificationBatch},
};
use estore_server::{
    auth::{Peer, peers::MailSenders},
    extract::Json,
};

use crate::{Error, app::App, mails};

/// Requests many emails in one transaction, with the same rules as a single request.
///
/// All of them are in the outbox once this returns. If one is rejected, none is accepted.
#[utoipa::path(post, path = "/internal/verifications/batch", tag = "internal", security(("peer" = ["user", "payment"])), request_body = VerificationBatch, responses(
    (status = 202, description = "In the outbox", body = BatchAccepted),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn request_batch(
    State(app): State<App>,
    peer: Peer<MailSenders>,
    Json(batch): Json<VerificationBatch>,
) -> Result<(StatusCode, Json<BatchAccepted>), Error> {
    let accepted = mails::accept(&app, peer.name, batch.requests).await?.len();
    Ok((StatusCode::ACCEPTED, Json(BatchAccepted { accepted })))
}
