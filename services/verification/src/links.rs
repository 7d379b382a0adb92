//! The purpose of the link in an email, read without using its token.

use estore_contract::verification::Purpose;

use crate::{
    Error,
    app::App,
    domain::{MailToken, lifetime},
    peers::user,
    store::tokens,
};

/// Returns the purpose of a token that works. Only the User Service knows whether its link can
/// still have an effect.
pub(crate) async fn look(app: &App, token: &MailToken) -> Result<Purpose, Error> {
    let good = tokens::look(&app.database, token, app.clock.now()).await?;
    if lifetime(good.purpose).is_none() {
        return Err(Error::TokenUnknown);
    }
    if user::waits(&app.user, good.user, &good.idempotency_key).await {
        Ok(good.purpose)
    } else {
        Err(Error::Superseded)
    }
}
