//! Postgres.

mod statements;
mod waiting;
mod watch;

pub(crate) use statements::observe;
pub use waiting::waiting;
pub use watch::{METRICS, watch};

use std::{collections::BTreeSet, time::Duration};

use secrecy::ExposeSecret;
use sqlx::{
    Connection, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use tokio::time::timeout;

use crate::{
    Problem,
    config::{ConfigError, Env},
};

/// A server that starts, recovers or stops.
const STARTING: &str = "57P03";
/// How long the pool may take before a check looks for itself.
const SOON: Duration = Duration::from_secs(1);
/// How long after its last use a connection counts as open. The pool asks each that is given back, too.
const TRUSTED: Duration = Duration::from_secs(1);

const EXAMPLE: &str = "postgresql://user:password@localhost/userdb";

/// How to reach the database that the settings `url` and `password` name: a URL, with its password or with that beside it,
/// which counts where both are given. `?sslmode=verify-full&sslrootcert=<path>` takes TLS, and the host's name in the
/// server's certificate.
pub fn options(
    env: &Env,
    url: &'static str,
    password: &'static str,
) -> Result<PgConnectOptions, ConfigError> {
    let text = env.secret(url, EXAMPLE)?;
    let known =
        ["postgres://", "postgresql://"].iter().any(|scheme| text.expose_secret().starts_with(scheme));
    let options: Option<PgConnectOptions> = text.expose_secret().parse().ok().filter(|_| known);
    let options = options
        // The parser's own message may repeat parts of the URL, and with it the password.
        .ok_or_else(|| ConfigError::new(url, "is not the URL of a Postgres database", EXAMPLE))?;
    Ok(match env.optional_secret(password)? {
        Some(password) => options.password(password.expose_secret()),
        None => options,
    })
}

/// The pool of `DATABASE_URL` and `DATABASE_PASSWORD`. Connects when first used, so that a service starts before its
/// database does; a statement may take 5 s, and a request waits 2 s at most for a connection (`DATABASE_POOL`, 10 unless
/// set).
pub fn connect(env: &Env) -> Result<PgPool, ConfigError> {
    pool(env, options(env, "DATABASE_URL", "DATABASE_PASSWORD")?)
}

/// A pool for reads that may be a little behind, such as lists for admins: that of `DATABASE_REPLICA_URL` (with
/// `DATABASE_REPLICA_PASSWORD`), or `primary` where that is not set.
pub fn replica(env: &Env, primary: &PgPool) -> Result<PgPool, ConfigError> {
    match env.optional_secret("DATABASE_REPLICA_URL")? {
        Some(_) => pool(env, options(env, "DATABASE_REPLICA_URL", "DATABASE_REPLICA_PASSWORD")?),
        None => Ok(primary.clone()),
    }
}

fn pool(env: &Env, options: PgConnectOptions) -> Result<PgPool, ConfigError> {
    let options = options.options([
        ("statement_timeout", "5000"),
        ("lock_timeout", "3000"),
        ("idle_in_transaction_session_timeout", "10000"),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(env.or("DATABASE_POOL", 10, "10")?)
        .acquire_timeout(Duration::from_secs(2))
        // A question to a connection that was used a moment ago would double the trips of most requests.
        .test_before_acquire(false)
        .before_acquire(|connection, usage| {
            Box::pin(async move {
                if usage.idle_for > TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options);
    Ok(pool)
}

/// For readiness: the database answers and has every migration that this binary knows.
pub async fn check(pool: &PgPool, migrator: &Migrator) -> Result<(), String> {
    let applied =
        sqlx::query_scalar::<_, i64>("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(pool);
    tokio::pin!(applied);
    let applied = match timeout(SOON, &mut applied).await {
        Ok(applied) => applied,
        Err(_elapsed) => {
            // The pool goes on trying, and does not tell why in vain.
            ensure_open(pool).await?;
            applied.await
        }
    };
    let applied = applied.map_err(|error| reason(&error))?;
    let applied: BTreeSet<i64> = applied.into_iter().collect();
    match migrator.iter().find(|migration| !applied.contains(&migration.version)) {
        Some(missing) => Err(format!("migration {} is missing", missing.version)),
        None => Ok(()),
    }
}

/// An error if the server lets nobody in for now, and says so.
async fn ensure_open(pool: &PgPool) -> Result<(), String> {
    match PgConnection::connect_with(&pool.connect_options()).await {
        Ok(connection) => drop(connection.close().await),
        Err(error) if code(&error).as_deref() == Some(STARTING) => return Err(reason(&error)),
        Err(error) => tracing::debug!(%error, "postgres check"),
    }
    Ok(())
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// What readiness says of a failure.
fn reason(error: &sqlx::Error) -> String {
    let reason = match code(error).as_deref() {
        Some("42P01") => "not migrated yet",
        Some(STARTING) => "loading",
        _ => {
            tracing::debug!(%error, "postgres check");
            "does not answer"
        }
    };
    reason.to_owned()
}

/// The answer where a statement failed: 503 where the database did not answer, else 500.
#[must_use]
pub fn problem(error: sqlx::Error) -> Problem {
    if is_away(&error) { Problem::unavailable(error) } else { Problem::internal(error) }
}

/// Whether the server may do later what it did not do now: it does not answer, starts or stops (class 57), has no room (53), is
/// locked (55P03, 40), is no primary (25006), or the connection broke (08).
#[must_use]
pub fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
            true
        }
        sqlx::Error::Database(refused) => {
            refused.code().is_some_and(|code| PASSING.iter().any(|class| code.starts_with(class)))
        }
        _ => false,
    }
}

/// Classes and codes of SQLSTATE.
const PASSING: [&str; 6] = ["08", "25006", "40", "53", "55P03", "57"];
