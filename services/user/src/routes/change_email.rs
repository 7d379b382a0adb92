//! `PUT /me/email`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    Email, ErrorBody, FieldError,
    user::{ChangeEmailRequest, MailSent},
    verification::Purpose,
};
use estore_kit::{auth::Caller, extract::Json};
use sqlx::PgConnection;

use super::password;
use crate::{
    Error, accounts,
    app::App,
    links,
    store::{
        links::{self as stored, Kind, NewLink},
        outbox,
        users::{self, User},
    },
};

/// Moves the account to another address, once that is verified by the mail that is sent there, which opens no session. The old one is told
/// at once, with a link that stops it, and again once it is done, with a link that takes it back for 7 days. A new password, a later wish
/// or an admin who disables the account ends it. The answer is the same for an address that has an account: its owner gets a
/// different mail, and nothing changes.
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
    let (new, now) = (&request.new_email, app.clock.now());
    let mut transaction = app.database.begin().await?;
    let user = password::lock(&app, &mut transaction, &caller.principal, &before).await?;
    if *new == user.profile.email {
        return Err(Error::Invalid(vec![FieldError::new("new_email", "is the account's address already")]));
    }
    // The last wish counts.
    stored::stop_moves(&mut *transaction, user.profile.id, now).await?;
    // In the order of the addresses, each of which is locked until the end: two moves in opposite directions wait for each other.
    let tells_first = user.profile.email < *new;
    if tells_first {
        tell(&app, &mut transaction, &user).await?;
    }
    ask(&app, &mut transaction, &user, new).await?;
    if !tells_first {
        tell(&app, &mut transaction, &user).await?;
    }
    transaction.commit().await?;
    app.mail.notify_one();
    Ok((StatusCode::ACCEPTED, Json(MailSent { status: "verification_sent".to_owned() })))
}

/// Tells the account's address of it, with a link that stops it.
async fn tell(app: &App, transaction: &mut PgConnection, user: &User) -> Result<(), Error> {
    let mail = links::letter(app, user, &user.profile.email, Purpose::EmailChangeAsked);
    Ok(links::send(transaction, mail, Kind::Undo, None, app.clock.now()).await?)
}

/// Asks the new address to prove itself. The owner of a taken one gets a mail of another kind, in which nothing can be pressed.
async fn ask(app: &App, transaction: &mut PgConnection, user: &User, new: &Email) -> Result<(), Error> {
    let now = app.clock.now();
    let owner = users::by_email(&mut *transaction, new).await?.filter(accounts::holds_address);
    let mut mail = links::letter(app, user, new, Purpose::EmailChange);
    if let Some(owner) = &owner {
        let profile = &owner.profile;
        mail.purpose = Purpose::AlreadyRegistered;
        (mail.user, mail.name, mail.locale) = (profile.id, profile.name.as_str(), profile.locale);
    }
    let link =
        NewLink { mail: mail.id, user: user.profile.id, kind: Kind::Move, email: new, registration: None };
    outbox::push(transaction, mail, now).await?;
    Ok(stored::add(transaction, link, now).await?)
}
