//! `POST /verify-email/resend`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody,
    user::{MailSent, ResendRequest},
    verification::Purpose,
};
use estore_server::extract::Json;

use crate::{Error, app::App, links::requested, store::links::Kind};

/// Sends a new token for a registration, at most five emails an hour.
///
/// If the address was registered more than once, the email has a link to set a new password
/// instead, which verifies the address too. The answer is the same whether or not the address has
/// an account.
#[utoipa::path(post, path = "/verify-email/resend", tag = "accounts", request_body = ResendRequest, responses(
    (status = 202, description = "If the address has an account to verify, an email will be sent", body = MailSent),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn resend_verification(
    State(app): State<App>,
    Json(request): Json<ResendRequest>,
) -> Result<(StatusCode, Json<MailSent>), Error> {
    requested::send(&app, &request.email, Kind::Registration, Purpose::Email).await?;
    Ok((StatusCode::ACCEPTED, Json(MailSent { status: "verification_sent".to_owned() })))
}
