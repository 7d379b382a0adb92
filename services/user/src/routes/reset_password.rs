//! `POST /password/reset`.

use axum::{
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use estore_base::fail_point;
use estore_contract::{
    Code, ErrorBody, Sensitive,
    text::PersonName,
    user::{ResetPasswordRequest, UserStatus},
    verification::{LinkOutcome, Purpose},
};
use estore_server::{
    Problem,
    extract::{Form, Json, is_form},
    limit::Limiter,
};
use estore_stores::pg;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error,
    accounts::{self, Place, notices},
    app::App,
    domain::NewPassword,
    passwords::reset_page,
    peers::verification::{self, Spent},
    store::{
        known_networks,
        links::{self, Kind},
        outbox::Notice,
        users::{self, User},
    },
};

/// Sets a new password with a token that was sent by email.
///
/// Every session ends, and every other link in an email to the account becomes invalid. The address
/// counts as verified, and the owner gets an email about the change. A form, sent by the page
/// behind the email's link, gets a page. JSON gets no body.
#[utoipa::path(post, path = "/password/reset", tag = "accounts",
    request_body(content((ResetPasswordRequest = "application/json"), (ResetPasswordRequest = "application/x-www-form-urlencoded"))), responses(
    (status = 200, description = "Changed: the page for a form", content_type = "text/html", body = String),
    (status = 204, description = "Changed"),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 403, description = "The account is disabled", body = ErrorBody),
    (status = 404, description = "No such token (`token_unknown`)", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 410, description = "The token was used or has expired, or the password was changed since (`token_used`, `token_expired`)", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 422, description = "A field is missing, unknown or not valid", content((ErrorBody = "application/json"), (String = "text/html"))),
    (status = 503, description = "Try again with the same token and password", body = ErrorBody),
))]
pub(crate) async fn reset_password(
    State(app): State<App>,
    limiter: Limiter,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    if is_form(&headers) {
        let Form(form) = Form::<ResetPasswordRequest>::from_request(request, &()).await?;
        let outcome = reset(&app, &limiter, form).await;
        return reset_page::answer(&headers, &app.shop, outcome);
    }
    let Json(body) = Json::<ResetPasswordRequest>::from_request(request, &()).await?;
    reset(&app, &limiter, body).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn reset(app: &App, limiter: &Limiter, request: ResetPasswordRequest) -> Result<(), Error> {
    let new = NewPassword::new(&request.new_password, "new_password")
        .map_err(|field| Error::Invalid(vec![field]))?
        .into_inner();
    // Hashing comes first, so that a full hash pool does not use up the token.
    let hash = app.hasher.hash(new.clone()).await?;
    let attempt = Sensitive::from(format!("{}\0{}", request.token.expose(), new.expose()));
    let redeemed =
        verification::redeem(&app.verification, &request.token, &attempt, Purpose::PasswordReset).await?;
    fail_point!("user.reset.answered");
    finish(app, limiter, &redeemed, &hash).await.map_err(Error::after_redemption)
}

async fn finish(app: &App, limiter: &Limiter, redeemed: &Spent, hash: &str) -> Result<(), Error> {
    let void = || Error::MailToken(Code::TokenUsed);
    let mut transaction = pg::begin(&app.database).await?;
    let user = users::lock(&mut transaction, redeemed.user_id).await?.ok_or_else(void)?;
    if user.profile.status == UserStatus::Disabled {
        return Err(Error::AccountDisabled);
    }
    let (id, email) = (user.profile.id, &redeemed.email);
    let link = links::find(&mut *transaction, id, email, redeemed.mail).await?.ok_or_else(void)?;
    match link.outcome {
        // The address may have changed since the email was sent.
        None if link.kind == Kind::Reset && user.profile.email == *email => {}
        // A repeat: the password that the first request set counts.
        Some(LinkOutcome::PasswordReset) if link.password_hash.is_some() => return Ok(()),
        _ => return Err(void()),
    }
    replace(app, limiter, &mut transaction, &user, link.mail, hash).await?;
    pg::commit(transaction).await?;
    app.mail.notify_one();
    Ok(())
}

async fn replace(
    app: &App,
    limiter: &Limiter,
    transaction: &mut PgConnection,
    user: &User,
    mail: Uuid,
    hash: &str,
) -> Result<(), Error> {
    let (id, now) = (user.profile.id, app.clock.now());
    accounts::set_password(&mut *transaction, id, hash, &Place::default(), now).await?;
    // Otherwise the next login would compete with somebody who guesses this account's password.
    let network = app.network_hash(id, &limiter.client().network());
    known_networks::note(&mut *transaction, id, &network, now).await?;
    let mut profile = user.profile.clone();
    if !profile.email_verified {
        // The link verifies the address. A name that somebody else registered with the address does
        // not become the owner's.
        profile.name = PersonName::placeholder(profile.locale);
        users::prove(&mut *transaction, id, hash, &profile.name, profile.locale, now).await?;
    }
    links::decide(&mut *transaction, id, mail, LinkOutcome::PasswordReset, Some(hash), now).await?;
    notices::enqueue(app, transaction, &profile, Notice::PasswordChanged).await
}
