//! The first admin account.

use estore_base::config::Env;
use estore_client::{PeerClient, PeerError};
use estore_contract::{Email, PeerName, Sensitive, user::AdminRequest};
use http::Method;
use secrecy::ExposeSecret;

use crate::{
    config::{ADMIN_EMAIL, ADMIN_PASSWORD},
    patience::until_done,
    refused::explained,
};

/// Requests the account of `ADMIN_EMAIL` with `ADMIN_PASSWORD` from the User Service. An existing
/// account stays as it is.
pub async fn create(env: &Env) -> anyhow::Result<String> {
    let email: Email = env.get(&ADMIN_EMAIL)?;
    let password = env.secret(&ADMIN_PASSWORD)?;
    let user = PeerClient::from_env(env, PeerName::User)?;
    let request = AdminRequest { email: email.clone(), password: Sensitive::from(password.expose_secret()) };
    let ask = || user.call::<()>(Method::PUT, "/internal/admin", Some(&request));
    until_done(|error| matches!(error, PeerError::Answered(..)), ask)
        .await
        .map_err(|error| explained(error, str::to_owned))?;
    Ok(email.to_string())
}
