//! `PUT /me/email`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    Email, ErrorBody, FieldError,
    user::{ChangeEmailRequest, MailSent},
    verification::Purpose,
};
use estore_server::{auth::Caller, extract::Json};
use estore_stores::pg;
use sqlx::PgConnection;

use crate::{
    Error, accounts,
    app::App,
    links,
    passwords::confirmation,
    store::{
        links::{self as stored, Kind, NewLink},
        outbox,
        users::{self, User},
    },
};

/// Requests a move of the account to another email address.
///
/// The account moves once the owner of the new address presses the link in the email that is sent
/// there. That link opens no session. The old address gets an email at once, with a link that stops
/// the move. After the move it gets another email, with a link that undoes the move for 7 days. A
/// new password, a later request, or an admin who disables the account ends the pending move. The
/// answer is the same if the new address has an account: its owner gets a different email, and
/// nothing changes.
#[utoipa::path(put, path = "/me/email", tag = "me", security(("bearer" = [])), request_body = ChangeEmailRequest, responses(
    (status = 202, description = "An email will be sent", body = MailSent),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 403, description = "The password is wrong (`wrong_password`)", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn change_email(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<ChangeEmailRequest>,
) -> Result<(StatusCode, Json<MailSent>), Error> {
    let before = confirmation::confirmed(&app, caller.principal.user_id, request.password).await?;
    let (new, now) = (&request.new_email, app.clock.now());
    let mut transaction = pg::begin(&app.database).await?;
    let user = confirmation::lock(&app, &mut transaction, &caller.principal, &before).await?;
    if *new == user.profile.email {
        return Err(Error::Invalid(vec![FieldError::new(
            "new_email",
            "must differ from the account's address",
        )]));
    }
    // The latest request counts.
    stored::stop_moves(&mut *transaction, user.profile.id, now).await?;
    // The order of the addresses decides the order of the writes, because each address stays locked
    // until the end of the transaction. This keeps two moves in opposite directions from
    // deadlocking.
    let old_first = user.profile.email < *new;
    if old_first {
        send_stop_link(&app, &mut transaction, &user).await?;
    }
    send_move_link(&app, &mut transaction, &user, new).await?;
    if !old_first {
        send_stop_link(&app, &mut transaction, &user).await?;
    }
    pg::commit(transaction).await?;
    app.mail.notify_one();
    Ok((StatusCode::ACCEPTED, Json(MailSent { status: "verification_sent".to_owned() })))
}

/// Notifies the account's current address, with a link that stops the move.
async fn send_stop_link(app: &App, transaction: &mut PgConnection, user: &User) -> Result<(), Error> {
    let mail = links::letter(app, user, &user.profile.email, Purpose::EmailChangeAsked);
    Ok(links::send(transaction, mail, Kind::Undo, None, app.clock.now()).await?)
}

/// Sends the verification email to the new address. If the address is taken, its owner gets an
/// email of another kind, without a link.
async fn send_move_link(
    app: &App,
    transaction: &mut PgConnection,
    user: &User,
    new: &Email,
) -> Result<(), Error> {
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
