//! A changed password of Redis.

use estore_base::{
    config::{ConfigError, Env},
    logins::Login,
    reloadable::Reloadable,
};
use redis::{aio::ConnectionManager, cmd};

use super::connect::{REDIS_PASSWORD, manager};

/// Puts a connection with a changed `REDIS_PASSWORD` into `store`, as long as that is in use. The
/// old connection stays until the server accepts the new password.
pub(super) fn follow(
    store: &Reloadable<ConnectionManager>,
    env: &Env,
    database: i64,
) -> Result<(), ConfigError> {
    let mut login = Login::new("Redis", "password", env, &[REDIS_PASSWORD])?;
    let (store, env) = (store.clone(), env.clone());
    tokio::spawn(async move {
        while store.is_shared() {
            let Some(found) = login.change().await else { continue };
            let tried = try_login(&env, database).await.map(|manager| store.put(manager));
            login.tried(found, tried);
        }
    });
    Ok(())
}

async fn try_login(env: &Env, database: i64) -> Result<ConnectionManager, String> {
    let manager = manager(env, database).map_err(|error| error.to_string())?;
    let answer = cmd("PING").query_async::<()>(&mut manager.clone()).await;
    answer.map(|()| manager).map_err(|error| error.to_string())
}
