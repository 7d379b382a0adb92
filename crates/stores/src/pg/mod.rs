//! Postgres.

mod begin;
mod clock;
mod column;
mod commit;
mod follow;
mod lost;
mod migrations;
mod watch;

pub use begin::begin;
pub use clock::PgClock;
pub use column::{count, parsed, parsed_if_any};
pub use commit::{CommitError, commit};
pub use lost::{limited, within};
pub use migrations::migrator;
pub use watch::{METRICS, watch};

use std::{collections::BTreeSet, time::Duration};

use secrecy::ExposeSecret;
use sqlx::{
    Connection, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use estore_base::config::{ConfigError, Env, Setting};
use tokio::time::timeout;

use crate::refusals::{Refusal, Refusals};

static REFUSALS: Refusals = Refusals::new();

/// The SQLSTATE of a server that starts, recovers or stops.
const STARTING: &str = "57P03";
/// The longest wait for a connection. It includes the check of an idle one, and the way to a new
/// one.
const ACQUIRE: Duration = Duration::from_secs(2);
/// The time that the pool may take before a check connects on its own.
const SOON: Duration = Duration::from_secs(1);
/// The time after its last use for which a connection counts as open. The pool also checks each
/// connection that is returned.
const TRUSTED: Duration = Duration::from_secs(1);

/// An example of a database's URL.
pub const EXAMPLE: &str = "postgresql://user:password@localhost/userdb";

/// The database.
pub const DATABASE_URL: Setting = Setting::secret(
    "DATABASE_URL",
    "URL of the database; for TLS add `?sslmode=verify-full&sslrootcert=<path>`.",
)
.example(EXAMPLE);
/// Its password.
pub const DATABASE_PASSWORD: Setting =
    Setting::secret("DATABASE_PASSWORD", "Password of the database, if the URL has none.").optional();
const DATABASE_POOL: Setting =
    Setting::number("DATABASE_POOL", "Maximum number of connections to the database.")
        .default("10")
        .at_least(1);
const DATABASE_REPLICA_URL: Setting = Setting::secret(
    "DATABASE_REPLICA_URL",
    "URL of a replica, for lists that may be a little behind; without it they come from the primary.",
)
.optional()
.example(EXAMPLE);
const DATABASE_REPLICA_PASSWORD: Setting =
    Setting::secret("DATABASE_REPLICA_PASSWORD", "Password of the replica, if the URL has none.").optional();

/// The settings of a service's database.
pub const SETTINGS: &[Setting] =
    &[DATABASE_URL, DATABASE_PASSWORD, DATABASE_POOL, DATABASE_REPLICA_URL, DATABASE_REPLICA_PASSWORD];

/// Reads the connection options of the database that the settings `url` and `password` name. The
/// password is part of the URL or separate; the separate one takes precedence. With
/// `?sslmode=verify-full&sslrootcert=<path>`, the connection uses TLS, and the server's certificate
/// must carry the host's name.
pub fn options(env: &Env, url: &Setting, password: &Setting) -> Result<PgConnectOptions, ConfigError> {
    let text = env.secret(url)?;
    let known =
        ["postgres://", "postgresql://"].iter().any(|scheme| text.expose_secret().starts_with(scheme));
    let options: Option<PgConnectOptions> = text.expose_secret().parse().ok().filter(|_| known);
    let options = options
        // The parser's own message may repeat parts of the URL, and with it the password.
        .ok_or_else(|| url.wrong("is not the URL of a Postgres database"))?;
    Ok(match env.optional_secret(password)? {
        Some(password) => options.password(password.expose_secret()),
        None => options,
    })
}

/// Returns the pool of `DATABASE_URL` and `DATABASE_PASSWORD`. It connects when first used, so that
/// a service starts before its database does. A statement may take 5 s, and a request waits 2 s at
/// most for a connection. `DATABASE_POOL` limits the connections (default 10).
pub fn connect(env: &Env) -> Result<PgPool, ConfigError> {
    pool(env, &DATABASE_URL, &DATABASE_PASSWORD)
}

/// Returns a pool for reads that may be slightly stale, such as lists for admins. It is that of
/// `DATABASE_REPLICA_URL` (with `DATABASE_REPLICA_PASSWORD`), or `primary` if that is not set.
pub fn replica(env: &Env, primary: &PgPool) -> Result<PgPool, ConfigError> {
    match env.optional_secret(&DATABASE_REPLICA_URL)? {
        Some(_) => pool(env, &DATABASE_REPLICA_URL, &DATABASE_REPLICA_PASSWORD),
        None => Ok(primary.clone()),
    }
}

/// Adds the time limits of every statement of a service.
fn bounded(options: PgConnectOptions) -> PgConnectOptions {
    options.options([
        ("statement_timeout", "5000"),
        ("lock_timeout", "3000"),
        ("idle_in_transaction_session_timeout", "10000"),
    ])
}

fn pool(env: &Env, url: &'static Setting, password: &'static Setting) -> Result<PgPool, ConfigError> {
    let options = bounded(options(env, url, password)?);
    let pool = PgPoolOptions::new()
        .max_connections(env.get(&DATABASE_POOL)?)
        .acquire_timeout(ACQUIRE)
        // A check of a recently used connection would double the round trips of most requests.
        .test_before_acquire(false)
        .before_acquire(|connection, usage| {
            Box::pin(async move {
                if usage.idle_for > TRUSTED {
                    lost::check_idle(connection).await?;
                }
                Ok(true)
            })
        })
        .after_release(|connection, _| {
            Box::pin(async move { lost::check_used(connection).await.map(|()| true) })
        })
        .connect_lazy_with(options);
    follow::follow(&pool, env, url, password)?;
    Ok(pool)
}

/// Checks readiness: the database answers, and has every migration that this binary knows. Also
/// takes the first sample of `clock`.
pub async fn check(pool: &PgPool, clock: &PgClock, migrator: &Migrator) -> Result<(), String> {
    let applied =
        sqlx::query_scalar::<_, i64>("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(pool);
    tokio::pin!(applied);
    let applied = match timeout(SOON, &mut applied).await {
        Ok(applied) => applied,
        Err(_elapsed) => {
            // The pool retries, and does not report the reason of each failure.
            ensure_open(pool).await?;
            applied.await
        }
    };
    let applied = applied.map_err(|error| reason(&error))?;
    REFUSALS.answered();
    // Jobs start after this check, and must not claim anything by the clock of the pod.
    if !clock.is_set() {
        clock.sample(pool).await.map_err(|error| reason(&error))?;
    }
    let applied: BTreeSet<i64> = applied.into_iter().collect();
    match migrator.iter().find(|migration| !applied.contains(&migration.version)) {
        Some(missing) => {
            Err(format!("migration {} is missing; see the log of the bootstrap job", missing.version))
        }
        None => Ok(()),
    }
}

/// Returns an error if the server rejects the login, with its reason.
async fn ensure_open(pool: &PgPool) -> Result<(), String> {
    match PgConnection::connect_with(&pool.connect_options()).await {
        Ok(connection) => drop(connection.close().await),
        Err(error) => match refusal(&error) {
            Refusal::Unreachable => tracing::debug!(%error, "postgres check failed; the pool will reconnect"),
            _ => return Err(reason(&error)),
        },
    }
    Ok(())
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// Returns the reason that readiness reports for a failure.
fn reason(error: &sqlx::Error) -> String {
    let reason = match code(error).as_deref() {
        // The table of migrations, or the whole database, does not exist.
        Some("42P01" | "3D000") => "not migrated yet; see the log of the bootstrap job",
        _ => REFUSALS.note("postgres", refusal(error), error),
    };
    reason.to_owned()
}

fn refusal(error: &sqlx::Error) -> Refusal {
    match code(error).as_deref() {
        Some(STARTING) => Refusal::Loading,
        // Class 28: the role may not log in. 42501: it may not read.
        Some(code) if code.starts_with("28") || code == "42501" => Refusal::Password,
        _ => Refusal::of_connection(error),
    }
}

/// Returns true if the failure is transient. The server does not answer, starts or stops (class
/// 57), has no room (53), or is locked (55P03, 40). Or it is no primary (25006), the connection
/// broke (08), or the server ended a transaction that took too long (25P03, 25P04).
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

/// SQLSTATE classes and codes.
const PASSING: [&str; 8] = ["08", "25006", "25P03", "25P04", "40", "53", "55P03", "57"];
