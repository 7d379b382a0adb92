//! `POST /register`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody, UserId,
    introspection::Role,
    user::{MailSent, RegisterRequest},
    verification::Purpose,
};
use estore_kit::{extract::Json, fail_point, random};

use crate::{
    Error,
    app::App,
    domain::NewPassword,
    store::{
        outbox::{self, Mail},
        users::{self, NewUser},
    },
};

/// Opens an account. The answer is the same for an address that has one already: its owner gets a different mail.
#[utoipa::path(post, path = "/register", tag = "accounts", request_body = RegisterRequest, responses(
    (status = 202, description = "A mail is on its way", body = MailSent),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(crate) async fn register(
    State(app): State<App>,
    Json(request): Json<RegisterRequest>,
) -> Result<(StatusCode, Json<MailSent>), Error> {
    let password =
        NewPassword::new(request.password, "password").map_err(|field| Error::Invalid(vec![field]))?;
    // Hashed in both cases, so that the time does not tell them apart.
    let password_hash = app.hasher.hash(password.into_inner()).await?;
    let now = app.clock.now();
    let user = NewUser {
        id: UserId(random::uuid_v7(app.clock.as_ref())),
        email: &request.email,
        verified: false,
        password_hash: &password_hash,
        role: Role::Customer,
        name: &request.name,
        locale: request.locale,
    };
    let mut mail = Mail {
        id: random::uuid_v7(app.clock.as_ref()),
        user: user.id,
        email: &request.email,
        purpose: Purpose::Email,
        name: request.name.as_str(),
        notice: None,
        locale: request.locale,
    };
    let mut transaction = app.database.begin().await?;
    let is_new = users::insert(&mut transaction, user, now).await?;
    if is_new {
        outbox::push(&mut transaction, mail, now).await?;
    } else if let Some(owner) = users::by_email(&mut *transaction, &request.email).await? {
        // The account's own name and language: what a stranger sent is not mailed to its owner.
        mail.user = owner.profile.id;
        mail.name = owner.profile.name.as_str();
        mail.locale = owner.profile.locale;
        if owner.profile.email_verified {
            mail.purpose = Purpose::AlreadyRegistered;
        }
        outbox::push(&mut transaction, mail, now).await?;
    }
    fail_point!("user.registered.before");
    transaction.commit().await?;
    fail_point!("user.registered.written");
    app.metrics.registrations.with_label_values(&[if is_new { "registered" } else { "address_taken" }]).inc();
    app.mail.notify_one();
    Ok((StatusCode::ACCEPTED, Json(MailSent { status: "verification_sent".to_owned() })))
}
