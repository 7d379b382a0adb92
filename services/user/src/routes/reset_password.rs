//! `POST /password/reset`.

use axum::{
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use estore_contract::{
    ErrorBody, Sensitive,
    user::{ResetPasswordRequest, UserStatus},
    verification::Purpose,
};
use estore_kit::{
    Problem,
    extract::{Form, Json, is_form},
    fail_point,
};

use super::{notice, reset_page};
use crate::{
    Error,
    app::App,
    domain::NewPassword,
    peers::verification,
    store::{outbox::Notice, sessions, users},
};

/// Sets a new password by the token that was mailed for it. Every session ends, the address counts as verified, and the owner is told by
/// mail. A form (that of the page behind the mail's link) gets a page, JSON gets no body.
#[utoipa::path(post, path = "/password/reset", tag = "accounts",
    request_body(content((ResetPasswordRequest = "application/json"), (ResetPasswordRequest = "application/x-www-form-urlencoded"))), responses(
    (status = 200, description = "Changed: the page for a form", content_type = "text/html", body = String),
    (status = 204, description = "Changed"),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 403, description = "The account is disabled", body = ErrorBody),
    (status = 404, description = "No such token (`token_unknown`)", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 410, description = "The token was used or is too old (`token_used`, `token_expired`)", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 503, description = "Try again with the same token and password", body = ErrorBody),
))]
pub(crate) async fn reset_password(
    State(app): State<App>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    if is_form(&headers) {
        let Form(form) = Form::<ResetPasswordRequest>::from_request(request, &()).await?;
        let outcome = reset(&app, form).await;
        return reset_page::answer(&headers, &app.shop, outcome);
    }
    let Json(body) = Json::<ResetPasswordRequest>::from_request(request, &()).await?;
    reset(&app, body).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn reset(app: &App, request: ResetPasswordRequest) -> Result<(), Error> {
    let new = NewPassword::new(request.new_password, "new_password")
        .map_err(|field| Error::Invalid(vec![field]))?
        .into_inner();
    // Hashed first: a token is not used up where hashing is refused.
    let hash = app.hasher.hash(new.clone()).await?;
    let attempt = Sensitive::from(format!("{}\0{}", request.token.expose(), new.expose()));
    let redeemed =
        verification::redeem(&app.verification, &request.token, &attempt, Purpose::PasswordReset).await?;
    fail_point!("user.reset.answered");
    let now = app.clock.now();
    let mut transaction = app.database.begin().await?;
    let user = users::lock(&mut transaction, redeemed.user_id).await?;
    // The address may have changed since the mail was sent.
    let user = user.filter(|user| user.profile.email == redeemed.email).ok_or(Error::NotFound)?;
    if user.profile.status == UserStatus::Disabled {
        return Err(Error::AccountDisabled);
    }
    users::set_password(&mut *transaction, redeemed.user_id, &hash, now).await?;
    users::verify_email(&mut *transaction, redeemed.user_id, &redeemed.email, now).await?;
    sessions::end_all(&mut *transaction, redeemed.user_id, None, now).await?;
    notice::push(app, &mut transaction, &user.profile, Notice::PasswordChanged).await?;
    transaction.commit().await?;
    app.mail.notify_one();
    Ok(())
}
