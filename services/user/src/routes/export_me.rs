//! `GET /me/export`.

use axum::extract::State;
use estore_contract::user::Export;
use estore_server::{auth::Caller, extract::Json};
use futures::future::try_join;

use crate::{
    Error,
    app::App,
    peers::privacy,
    store::{addresses, links, sessions, users},
};

/// Returns all data that the shop holds on the caller, gathered from every service that holds any.
///
/// Data that nobody can read is left out: the password's hash, and card numbers beyond their last
/// four digits.
#[utoipa::path(get, path = "/me/export", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "Everything", body = Export),
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
        addresses: addresses::list(&app.database, id).await?,
        new_email: links::moving_to(&app.database, id).await?,
        sessions: sessions::list(&app.database, id, current, idle, now, None, usize::MAX).await?,
        payment,
        verification,
    }))
}
