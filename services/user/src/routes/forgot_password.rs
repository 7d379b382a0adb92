//! `POST /password/forgot`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody,
    user::{MailSent, ResendRequest},
    verification::Purpose,
};
use estore_server::extract::Json;

use crate::{Error, app::App, links::requested, store::links::Kind};

/// Sends an email with a link to set a new password, at most five an hour.
///
/// The answer is the same whether or not the address has an account.
#[utoipa::path(post, path = "/password/forgot", tag = "accounts", request_body = ResendRequest, responses(
    (status = 202, description = "If the address has an account, an email will be sent", body = MailSent),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn forgot_password(
    State(app): State<App>,
    Json(request): Json<ResendRequest>,
) -> Result<(StatusCode, Json<MailSent>), Error> {
    requested::send(&app, &request.email, Kind::Reset, Purpose::PasswordReset).await?;
    Ok((StatusCode::ACCEPTED, Json(MailSent { status: "reset_sent".to_owned() })))
}
