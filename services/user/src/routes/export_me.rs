//! `GET /me/export`.

use axum::extract::State;
use estore_contract::{ErrorBody, user::Export};
use estore_kit::{auth::Caller, extract::Json};
use futures::future::try_join;

use crate::{
    Error,
    app::App,
    peers::privacy,
    store::{links, sessions, users},
};

/// Everything that the shop holds on the caller, gathered from every service that holds any. What nobody can read is not in it: the
/// password's hash, and cards beyond their last four digits.
#[utoipa::path(get, path = "/me/export", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "Everything", body = Export),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn export_me(State(app): State<App>, caller: Caller) -> Result<Json<Export>, Error> {
    let (id, now) = (caller.principal.user_id, app.clock.now());
    let others = try_join(privacy::export(&app.payment, id), privacy::export(&app.verification, id));
    let (payment, verification) = others.await?;
    let user = users::by_id(&app.database, id).await?.ok_or(Error::NotFound)?;
    let (current, idle) = (caller.principal.session_id, app.lifetimes.idle);
    Ok(Json(Export {
        exported_at: now,
        profile: user.profile,
        new_email: links::moving_to(&app.database, id).await?,
        sessions: sessions::list(&app.database, id, current, idle, now, None, usize::MAX).await?,
        payment,
        verification,
    }))
}
