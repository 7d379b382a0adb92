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

use crate::{
    Error,
    app::App,
    domain::{Addressee, addressee},
    peers::user,
    store::verifications,
};

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
    Json(mut request): Json<VerificationRequest>,
) -> Result<(StatusCode, Json<VerificationAccepted>), Error> {
    if !(1..=255).contains(&request.idempotency_key.chars().count()) {
        return Err(Error::Invalid(vec![FieldError::new(
            "idempotency_key",
            "must have 1 to 255 characters",
        )]));
    }
    let id = VerificationId(random::uuid_v7(app.clock.as_ref()));
    // What lists show of a mail to an owner until it is sent: the outbox asks again then.
    let email = match addressee(request.purpose) {
        Addressee::Named => request.email.take().ok_or_else(missing_email)?,
        Addressee::Owner => match user::contact(&app.user, request.user_id).await? {
            Some(owner) => {
                request.locale = owner.locale;
                request.data.insert("name".to_owned(), owner.name.to_string().into());
                owner.email
            }
            None => return Ok((StatusCode::ACCEPTED, Json(VerificationAccepted { verification_id: id }))),
        },
    };
    let verification_id =
        verifications::accept(&app.database, peer.name, &request, &email, id, app.clock.now()).await?;
    fail_point!("verification.accepted.written");
    app.mail.notify_one();
    Ok((StatusCode::ACCEPTED, Json(VerificationAccepted { verification_id })))
}

fn missing_email() -> Error {
    Error::Invalid(vec![FieldError::new("email", "is needed for a mail of this purpose")])
}
