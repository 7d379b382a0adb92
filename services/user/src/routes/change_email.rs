//! `PUT /me/email`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody, FieldError,
    user::{ChangeEmailRequest, MailSent},
    verification::Purpose,
};
use estore_kit::{auth::Caller, extract::Json, random};

use super::password;
use crate::{
    Error,
    app::App,
    store::{
        email_changes,
        outbox::{self, Mail},
        users,
    },
};

/// Moves the account to another address, once that is verified by the mail that is sent there; then the old one is told. The answer is the
/// same for an address that has an account: its owner gets a different mail, and nothing changes.
#[utoipa::path(put, path = "/me/email", tag = "me", security(("bearer" = [])), request_body = ChangeEmailRequest, responses(
    (status = 202, description = "A mail is on its way", body = MailSent),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "The password is wrong (`wrong_password`)", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(crate) async fn change_email(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<ChangeEmailRequest>,
) -> Result<(StatusCode, Json<MailSent>), Error> {
    let before = password::confirmed(&app, caller.principal.user_id, request.password).await?;
    let new = &request.new_email;
    let now = app.clock.now();
    let mut transaction = app.database.begin().await?;
    let user = password::lock(&app, &mut transaction, &caller.principal, &before).await?;
    if *new == user.profile.email {
        return Err(Error::Invalid(vec![FieldError::new("new_email", "is the account's address already")]));
    }
    let owner = users::by_email(&mut *transaction, new).await?;
    let purpose = if owner.is_some() { Purpose::AlreadyRegistered } else { Purpose::Email };
    let addressee = owner.as_ref().unwrap_or(&user);
    let mail = Mail {
        id: random::uuid_v7(app.clock.as_ref()),
        user: addressee.profile.id,
        email: new,
        purpose,
        name: addressee.profile.name.as_str(),
        notice: None,
        locale: addressee.profile.locale,
    };
    outbox::push(&mut transaction, mail, now).await?;
    email_changes::wish(&mut *transaction, user.profile.id, new, now).await?;
    transaction.commit().await?;
    app.mail.notify_one();
    Ok((StatusCode::ACCEPTED, Json(MailSent { status: "verification_sent".to_owned() })))
}
