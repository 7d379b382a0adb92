//! `POST /verify-email/resend`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody,
    user::{MailSent, ResendRequest},
    verification::Purpose,
};
use estore_kit::{extract::Json, random};

use crate::{
    Error,
    app::App,
    store::{
        outbox::{self, Mail},
        users,
    },
};

/// Mails a new token, five an hour at most. The answer is the same whether or not the address has an account.
#[utoipa::path(post, path = "/verify-email/resend", tag = "accounts", request_body = ResendRequest, responses(
    (status = 202, description = "Where the address has an account to verify, a mail is on its way", body = MailSent),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(crate) async fn resend_verification(
    State(app): State<App>,
    Json(request): Json<ResendRequest>,
) -> Result<(StatusCode, Json<MailSent>), Error> {
    let mut transaction = app.database.begin().await?;
    let user = users::by_email(&mut *transaction, &request.email).await?;
    if let Some(user) = user.filter(|user| !user.profile.email_verified) {
        let mail = Mail {
            id: random::uuid_v7(app.clock.as_ref()),
            user: user.profile.id,
            email: &request.email,
            purpose: Purpose::Email,
            name: user.profile.name.as_str(),
            locale: user.profile.locale,
        };
        outbox::push(&mut transaction, mail, app.clock.now()).await?;
    }
    transaction.commit().await?;
    app.mail.notify_one();
    Ok((StatusCode::ACCEPTED, Json(MailSent { status: "verification_sent".to_owned() })))
}
