//! A changed login of Postgres.

use estore_base::{
    config::{ConfigError, Env, Setting},
    logins::Login,
};
use sqlx::{Connection, PgConnection, PgPool, postgres::PgConnectOptions};

use super::bounded;

/// Gives changed settings `url` and `password` to `pool`, until it is closed. New connections log
/// in as before until the server accepts the new login.
pub(super) fn follow(
    pool: &PgPool,
    env: &Env,
    url: &'static Setting,
    password: &'static Setting,
) -> Result<(), ConfigError> {
    let mut login = Login::new("Postgres", "login", env, &[*url, *password])?;
    let (pool, env) = (pool.clone(), env.clone());
    tokio::spawn(async move {
        while !pool.is_closed() {
            let Some(found) = login.change().await else { continue };
            let tried = try_login(&env, url, password).await.map(|options| pool.set_connect_options(options));
            login.tried(found, tried);
        }
    });
    Ok(())
}

async fn try_login(env: &Env, url: &Setting, password: &Setting) -> Result<PgConnectOptions, String> {
    let options = bounded(super::options(env, url, password).map_err(|error| error.to_string())?);
    let connection = PgConnection::connect_with(&options).await.map_err(|error| error.to_string())?;
    connection.close().await.map_err(|error| error.to_string())?;
    Ok(options)
}
