//! Waits for Postgres and Redis, and reports that.

use std::{error::Error, future::Future, time::Duration};

use ::redis::cmd;
use anyhow::{Context, Result};
use estore_base::config::Env;
use estore_stores::{pg, redis};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    config::{BOOTSTRAP_WAIT_SECONDS, DATABASE_PASSWORD_USER, DATABASE_URL_USER, POSTGRES_ADMIN_URL},
    databases,
    exit::is_postgres_away,
    patience::{Progress, until_done},
};

const PAUSE: Duration = Duration::from_millis(500);
const TRY: Duration = Duration::from_secs(5);

/// Returns the end of the time to wait for stores.
pub fn deadline(env: &Env) -> Result<Instant> {
    let seconds = env.get(&BOOTSTRAP_WAIT_SECONDS)?;
    Ok(Instant::now() + Duration::from_secs(seconds))
}

/// Waits for the database of the User Service, and connects to it.
pub(crate) async fn user_database(env: &Env) -> Result<PgConnection> {
    let options = pg::options(env, &DATABASE_URL_USER, &DATABASE_PASSWORD_USER)?;
    let connect = || PgConnection::connect_with(&options);
    until_done(|error| !is_postgres_away(error), connect).await.context("Postgres")
}

/// Waits until both stores serve, until `deadline` at most. Reports a store that loads or recovers.
/// A store that refuses gets the time `refused`, as its users may not be created yet.
pub async fn wait(env: &Env, deadline: Instant, refused: Duration) -> Result<()> {
    let (postgres, setting) = match databases::admin(env)? {
        Some(admin) => (admin, POSTGRES_ADMIN_URL.name),
        None => (pg::options(env, &DATABASE_URL_USER, &DATABASE_PASSWORD_USER)?, DATABASE_URL_USER.name),
    };
    let answer = || postgres_answers(&postgres);
    until_up("Postgres", deadline, refused, is_postgres_away, answer).await.context(setting)?;
    let redis = redis::connect(env)?;
    let ping = || async { cmd("PING").query_async::<()>(&mut redis.connection()).await };
    until_up("Redis", deadline, refused, redis::is_away, ping).await
}

async fn postgres_answers(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    PgConnection::connect_with(options).await?.close().await
}

async fn until_up<E, F, R>(
    store: &str,
    deadline: Instant,
    patience: Duration,
    is_away: fn(&E) -> bool,
    ask: F,
) -> Result<()>
where
    E: Error + Send + Sync + 'static,
    F: Fn() -> R,
    R: Future<Output = Result<(), E>>,
{
    let mut progress = Progress::new(store);
    let mut refused: Option<Instant> = None;
    loop {
        let reason = match timeout(TRY, ask()).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => {
                let since =
                    if is_away(&error) { None } else { Some(*refused.get_or_insert_with(Instant::now)) };
                refused = since;
                let over =
                    Instant::now() > deadline || since.is_some_and(|since| since.elapsed() >= patience);
                if over {
                    return Err(error).with_context(|| store.to_owned());
                }
                error.to_string()
            }
            Err(_elapsed) if Instant::now() > deadline => anyhow::bail!("{store} does not answer"),
            Err(_elapsed) => "no answer in time".to_owned(),
        };
        progress.tell(&reason);
        sleep(PAUSE).await;
    }
}
