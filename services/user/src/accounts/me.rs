//! The caller's own account, read by the same statement that checks the access token.

use axum::{extract::FromRequestParts, http::request::Parts};
use estore_server::{Problem, auth::bearer, limit};

use crate::{app::App, store::users::User};

/// A caller with a valid access token, as `Caller` is, with the account as stored.
pub(crate) struct Me(pub(crate) User);

impl FromRequestParts<App> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = bearer::token(&parts.headers)?;
        let account = app.account(&token).await.map_err(Problem::unavailable)?;
        let user = account.ok_or_else(bearer::refused)?;
        limit::charge_account(parts, user.profile.id).await?;
        Ok(Self(user))
    }
}
