//! `POST /register`.

use axum::{extract::State, http::StatusCode};
use estore_base::{fail_point, random};
use estore_contract::{
    ErrorBody, UserId,
    introspection::Role,
    text::PersonName,
    user::{MailSent, RegisterRequest},
    verification::Purpose,
};
use estore_server::extract::Json;
use estore_stores::pg;

use crate::{
    Error,
    app::App,
    domain::NewPassword,
    links::{self, requested::addressee_name},
    store::{
        links::{Kind, Registration},
        outbox::{self, Mail},
        users::{self, NewUser},
    },
};

/// Opens an account.
///
/// The answer is the same if the address has an account already: its owner gets a different email.
/// As long as the address is not verified, each registration belongs to the link in its own email.
/// The pressed link decides which registration's password and name count.
#[utoipa::path(post, path = "/register", tag = "accounts", request_body = RegisterRequest, responses(
    (status = 202, description = "An email will be sent", body = MailSent),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn register(
    State(app): State<App>,
    Json(request): Json<RegisterRequest>,
) -> Result<(StatusCode, Json<MailSent>), Error> {
    let password =
        NewPassword::new(&request.password, "password").map_err(|field| Error::Invalid(vec![field]))?;
    // The password is hashed in both cases, so that the time does not tell them apart.
    let password_hash = app.hasher.hash(password.into_inner()).await?;
    let now = app.clock.now();
    let (email, locale) = (&request.email, request.locale);
    let name = PersonName::placeholder(locale);
    let user = NewUser {
        id: UserId(random::uuid_v7(app.clock.as_ref())),
        email,
        verified: false,
        password_hash: &password_hash,
        role: Role::Customer,
        name: &name,
        locale,
    };
    let new = user.id;
    // The email does not contain the name from the request, because its sender has not verified the
    // address.
    let mut mail = Mail {
        id: random::uuid_v7(app.clock.as_ref()),
        user: new,
        email,
        purpose: Purpose::Email,
        name: PersonName::placeholder_text(locale),
        notice: None,
        locale,
    };
    let mut transaction = pg::begin(&app.database).await?;
    let registered = users::register(&mut transaction, user, now).await?;
    if let Some(id) = registered {
        mail.user = id;
        let name = request.name.as_str().to_owned();
        let registration = Registration { password_hash: password_hash.clone(), name, locale };
        links::send(&mut transaction, mail, Kind::Registration, Some(&registration), now).await?;
    } else if let Some(owner) = users::by_email(&mut *transaction, email).await? {
        // The email uses the stored name and language of the account. Text that a stranger sent is
        // not mailed to the owner.
        (mail.user, mail.locale) = (owner.profile.id, owner.profile.locale);
        mail.name = addressee_name(&owner.profile);
        mail.purpose = Purpose::AlreadyRegistered;
        outbox::push(&mut transaction, mail, now).await?;
    }
    fail_point!("user.registered.before");
    pg::commit(transaction).await?;
    fail_point!("user.registered.written");
    let outcome = if registered == Some(new) { "registered" } else { "address_taken" };
    app.metrics.registrations.with_label_values(&[outcome]).inc();
    app.mail.notify_one();
    Ok((StatusCode::ACCEPTED, Json(MailSent { status: "verification_sent".to_owned() })))
}
