//! The first admin account.

use estore_contract::{Email, PeerName, Sensitive, user::AdminRequest};
use estore_kit::{
    config::Env,
    peer::{PeerClient, PeerError},
};
use http::Method;
use secrecy::ExposeSecret;

use crate::patience::until_done;

/// Asks the User Service for the account of `ADMIN_EMAIL` with `ADMIN_PASSWORD`; an account that is there stays as it is.
pub async fn create(env: &Env) -> anyhow::Result<String> {
    let email: Email = env.required("ADMIN_EMAIL", "admin@example.com")?;
    let password = env.secret("ADMIN_PASSWORD", "(8 characters at least)")?;
    let user = PeerClient::from_env(env, PeerName::User)?;
    let request = AdminRequest { email: email.clone(), password: Sensitive::from(password.expose_secret()) };
    let ask = || user.call::<()>(Method::PUT, "/internal/admin", Some(&request));
    until_done(|error| matches!(error, PeerError::Answered(..)), ask).await?;
    Ok(email.to_string())
}
