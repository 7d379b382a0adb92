//! `POST /verify-email/resend`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody,
    user::{MailSent, ResendRequest},
    verification::Purpose,
};
use estore_kit::extract::Json;

use super::mail_link;
use crate::{Error, app::App, store::links::Kind};

/// Mails a new token for what was registered last, five an hour at most. The answer is the same whether or not the address has an account.
#[utoipa::path(post, path = "/verify-email/resend", tag = "accounts", request_body = ResendRequest, responses(
    (status = 202, description = "Where the address has an account to verify, a mail is on its way", body = MailSent),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(crate) async fn resend_verification(
    State(app): State<App>,
    Json(request): Json<ResendRequest>,
) -> Result<(StatusCode, Json<MailSent>), Error> {
    mail_link::send(&app, &request.email, Kind::Registration, Purpose::Email).await?;
    Ok((StatusCode::ACCEPTED, Json(MailSent { status: "verification_sent".to_owned() })))
}
