//! `POST /internal/users/{id}/email-verified`.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use estore_contract::{
    Email, ErrorBody, Sensitive, UserId,
    verification::{EmailVerified, LinkPressed},
};
use estore_kit::{
    auth::{Peer, peers::Verification},
    extract::{Json, Path},
    random,
};
use uuid::Uuid;

use crate::{
    Error,
    app::App,
    links::{self, Pressed},
    peers::verification,
    store::{
        links::{self as stored, Kind},
        users,
    },
};

/// The Verification Service's report that the link in a mail was pressed. Answers what became of the link, now or before. A report that
/// does not say which mail (of a replica of the release before) is taken only if nothing is left to do.
#[utoipa::path(post, path = "/internal/users/{id}/email-verified", tag = "internal", security(("peer" = ["verification"])),
    params(("id" = UserId, Path, description = "The account")), request_body = EmailVerified, responses(
    (status = 200, description = "What became of the link, now or before", body = LinkPressed),
    (status = 204, description = "Known before, without `idempotency_key`"),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 404, description = "No such account", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn email_verified(
    State(app): State<App>,
    _peer: Peer<Verification>,
    Path(id): Path<UserId>,
    Json(report): Json<EmailVerified>,
) -> Result<Response, Error> {
    let Some(mail) = verification::mail(report.idempotency_key.as_deref()) else {
        let user = users::by_id(&app.database, id).await?.ok_or(Error::NotFound)?;
        let known = user.profile.email == report.email && user.profile.email_verified;
        return if known { Ok(StatusCode::NO_CONTENT.into_response()) } else { Err(Error::OlderPeer) };
    };
    let pressed = press(&app, id, &report.email, mail).await?;
    links::tell(&app, pressed);
    Ok(Json(LinkPressed { outcome: pressed.outcome }).into_response())
}

async fn press(app: &App, id: UserId, email: &Email, mail: Uuid) -> Result<Pressed, Error> {
    let link = stored::find(&app.database, id, email, mail).await?;
    let undoes = link.is_some_and(|link| link.kind == Kind::Undo && link.outcome.is_none());
    // Hashed before the account is locked.
    let nobodys = if undoes { Some(app.hasher.hash(Sensitive::from(random::token())).await?) } else { None };
    let mut transaction = app.database.begin().await?;
    let user = users::lock(&mut transaction, id).await?.ok_or(Error::NotFound)?;
    let pressed = match nobodys {
        Some(nobodys) => {
            let outcome = links::undo(app, &mut transaction, &user, email, mail, &nobodys).await?;
            Pressed { outcome, first: true, may_log_in: false }
        }
        None => links::press(app, &mut transaction, &user, email, mail).await?,
    };
    transaction.commit().await?;
    Ok(pressed)
}
