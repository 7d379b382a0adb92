//! `GET /me/export`.

use axum::extract::State;
use estore_contract::{privacy::VerificationExport, user::Export, verification::Purpose};
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
/// four digits. So are emails to a requested address that the account does not have.
#[utoipa::path(get, path = "/me/export", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "Everything", body = Export),
))]
pub(crate) async fn export_me(State(app): State<App>, caller: Caller) -> Result<Json<Export>, Error> {
    let (id, now) = (caller.principal.user_id, app.clock.now());
    let others = try_join(privacy::export(&app.payment, id), privacy::export(&app.verification, id));
    let (payment, mut verification): (_, VerificationExport) = others.await?;
    let user = users::by_id(&app.database, id).await?.ok_or(Error::NotFound)?;
    // A requested address gets this email only if it has no account. The caller must not learn that
    // before the owner of the address has confirmed the move.
    let own = &user.profile.email;
    verification.mails.retain(|mail| mail.purpose != Purpose::EmailChange || mail.email == *own);
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
