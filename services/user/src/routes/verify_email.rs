//! `POST /verify-email`.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use estore_base::fail_point;
use estore_contract::{
    Code, ErrorBody,
    user::{Tokens, UserStatus, VerifyEmailRequest},
    verification::{LinkOutcome, Purpose},
};
use estore_server::{extract::Json, limit::Limiter};
use estore_stores::pg;

use crate::{
    Error,
    app::App,
    links,
    peers::verification::{self, Spent},
    sessions,
    store::users,
};

/// Verifies an email address by the token that was sent to it.
///
/// For a registration, the account gets the data that was registered with this link, and the caller
/// is logged in. For a move, the account gets this address, and no session is opened.
#[utoipa::path(post, path = "/verify-email", tag = "accounts", request_body = VerifyEmailRequest, responses(
    (status = 200, description = "The address is verified; tokens", body = Tokens),
    (status = 204, description = "The account has this address now; no session"),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 403, description = "The account is disabled", body = ErrorBody),
    (status = 404, description = "No such token (`token_unknown`)", body = ErrorBody),
    (status = 410, description = "The token was used or has expired, or another link, a new password or an admin came first (`token_used`, `token_expired`)", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Try again with the same token", body = ErrorBody),
))]
pub(crate) async fn verify_email(
    State(app): State<App>,
    limiter: Limiter,
    headers: HeaderMap,
    Json(request): Json<VerifyEmailRequest>,
) -> Result<Response, Error> {
    let attempt = &request.token;
    let redeemed = verification::redeem(&app.verification, &request.token, attempt, Purpose::Email).await?;
    fail_point!("user.redeem.answered");
    finish(&app, &limiter, &headers, &redeemed).await.map_err(Error::after_redemption)
}

async fn finish(
    app: &App,
    limiter: &Limiter,
    headers: &HeaderMap,
    redeemed: &Spent,
) -> Result<Response, Error> {
    let mut transaction = pg::begin(&app.database).await?;
    let user = users::lock(&mut transaction, redeemed.user_id).await?;
    let user = user.ok_or(Error::MailToken(Code::TokenUsed))?;
    if user.profile.status == UserStatus::Disabled {
        return Err(Error::AccountDisabled);
    }
    let pressed = links::press(app, &mut transaction, &user, &redeemed.email, redeemed.mail).await?;
    let tokens = match pressed.outcome {
        LinkOutcome::Verified if pressed.may_log_in => {
            let (id, role) = (user.profile.id, user.profile.role);
            let network = app.network_hash(id, &limiter.client().network());
            Some(sessions::open_within(app, &mut transaction, id, role, &network, headers).await?)
        }
        LinkOutcome::Moved => None,
        _ => return Err(Error::MailToken(Code::TokenUsed)),
    };
    pg::commit(transaction).await?;
    links::after_press(app, redeemed.user_id, pressed);
    Ok(tokens.map_or_else(|| StatusCode::NO_CONTENT.into_response(), |tokens| Json(tokens).into_response()))
}
