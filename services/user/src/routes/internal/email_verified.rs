//! `POST /internal/users/{id}/email-verified`.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use estore_base::random;
use estore_contract::{
    Email, ErrorBody, UserId,
    verification::{EmailVerified, LinkPressed},
};
use estore_server::{
    auth::{Peer, peers::Verification},
    extract::{Json, Path},
};
use estore_stores::pg;
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

/// Receives the Verification Service's report that the link in an email was pressed.
///
/// Returns the outcome of the link, decided now or before. A report from a replica of the previous
/// release does not name the email. It is accepted only if nothing is left to do.
#[utoipa::path(post, path = "/internal/users/{id}/email-verified", tag = "internal", security(("peer" = ["verification"])),
    params(("id" = UserId, Path, description = "The account")), request_body = EmailVerified, responses(
    (status = 200, description = "The outcome of the link, now or before", body = LinkPressed),
    (status = 204, description = "Verified before; the report has no `idempotency_key`"),
    (status = 404, description = "No such account", body = ErrorBody),
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
    links::after_press(&app, id, pressed);
    Ok(Json(LinkPressed { outcome: pressed.outcome }).into_response())
}

async fn press(app: &App, id: UserId, email: &Email, mail: Uuid) -> Result<Pressed, Error> {
    let link = stored::find(&app.database, id, email, mail).await?;
    let undoes = link.is_some_and(|link| link.kind == Kind::Undo && link.outcome.is_none());
    // Hashing comes before the lock on the account, because it is slow.
    let random_hash = if undoes { Some(app.hasher.hash(random::token().into_inner()).await?) } else { None };
    let mut transaction = pg::begin(&app.database).await?;
    let user = users::lock(&mut transaction, id).await?.ok_or(Error::NotFound)?;
    let pressed = match random_hash {
        Some(random_hash) => {
            let outcome = links::undo(app, &mut transaction, &user, email, mail, &random_hash).await?;
            Pressed { outcome, first: true, may_log_in: false }
        }
        None => links::press(app, &mut transaction, &user, email, mail).await?,
    };
    pg::commit(transaction).await?;
    Ok(pressed)
}
