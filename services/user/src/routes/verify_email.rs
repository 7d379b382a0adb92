//! `POST /verify-email`.

use axum::{extract::State, http::HeaderMap};
use estore_contract::{
    ErrorBody,
    user::{Tokens, UserStatus, VerifyEmailRequest},
    verification::Purpose,
};
use estore_kit::{extract::Json, fail_point};

use super::{proof, session};
use crate::{Error, app::App, peers::verification};

/// Proves an address by the token that was mailed to it, and logs in.
#[utoipa::path(post, path = "/verify-email", tag = "accounts", request_body = VerifyEmailRequest, responses(
    (status = 200, description = "The address is verified; tokens", body = Tokens),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 403, description = "The account is disabled", body = ErrorBody),
    (status = 404, description = "No such token (`token_unknown`)", body = ErrorBody),
    (status = 410, description = "The token was used or is too old (`token_used`, `token_expired`)", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Try again with the same token", body = ErrorBody),
))]
pub(crate) async fn verify_email(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<VerifyEmailRequest>,
) -> Result<Json<Tokens>, Error> {
    let attempt = &request.token;
    let redeemed = verification::redeem(&app.verification, &request.token, attempt, Purpose::Email).await?;
    fail_point!("user.redeem.answered");
    let user = proof::note(&app, redeemed.user_id, &redeemed.email).await?.ok_or(Error::NotFound)?;
    if user.profile.status == UserStatus::Disabled {
        return Err(Error::AccountDisabled);
    }
    session::open(&app, &user, None, &headers).await?.ok_or(Error::Changing).map(Json)
}
