//! Roles and databases in a Postgres that belongs to the shop.

mod scram;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use anyhow::{Context, Result};
use estore_base::config::{ConfigError, Env, Setting};
use estore_stores::pg;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions, query, query_scalar,
};

use crate::{
    config::{
        DATABASE_PASSWORD_USER, DATABASE_PASSWORD_VERIFICATION, DATABASE_URL_USER, DATABASE_URL_VERIFICATION,
        POSTGRES_ADMIN_PASSWORD, POSTGRES_ADMIN_URL,
    },
    exit::is_postgres_away,
    patience::until_done,
};

/// The advisory lock that serializes the preparation of databases.
const LOCK: i64 = 0x00E5_704E;

/// A role and the database that it owns.
struct Wanted {
    role: String,
    database: String,
    password: SecretString,
}

/// Returns the connection of the superuser, or `None` if `POSTGRES_ADMIN_URL` is not set.
pub(crate) fn admin(env: &Env) -> Result<Option<PgConnectOptions>> {
    match env.optional_secret(&POSTGRES_ADMIN_URL)? {
        Some(_) => Ok(Some(pg::options(env, &POSTGRES_ADMIN_URL, &POSTGRES_ADMIN_PASSWORD)?)),
        None => Ok(None),
    }
}

/// Creates the roles and databases that `DATABASE_URL_USER` and `DATABASE_URL_VERIFICATION` name,
/// if they are missing. Sets the passwords of `DATABASE_PASSWORD_…` each time, so that they match
/// the Secrets.
pub async fn prepare(env: &Env) -> Result<Option<String>> {
    let Some(admin) = admin(env)? else { return Ok(None) };
    let wanted = [
        wanted(env, &DATABASE_URL_USER, &DATABASE_PASSWORD_USER)?,
        wanted(env, &DATABASE_URL_VERIFICATION, &DATABASE_PASSWORD_VERIFICATION)?,
    ];
    // Counts over all tries: each try finds what an earlier one created.
    let made = AtomicUsize::new(0);
    let done = until_done(|error| !is_postgres_away(error), || make(&admin, &wanted, &made)).await;
    done.context("roles and databases")?;
    let all = wanted.map(|wanted| wanted.database).join(", ");
    Ok(Some(format!("{all}; {} new", made.into_inner())))
}

fn wanted(env: &Env, url: &Setting, password: &Setting) -> Result<Wanted> {
    let options = pg::options(env, url, password)?;
    let password_of = env.secret(password)?;
    // Other characters need the normalization of the server (SASLprep).
    if !password_of.expose_secret().is_ascii() {
        return Err(ConfigError::new(password.name, "must be ASCII", "").into());
    }
    let database = options.get_database().ok_or_else(|| url.wrong("must name a database"))?;
    Ok(Wanted {
        role: options.get_username().to_owned(),
        database: database.to_owned(),
        password: password_of,
    })
}

/// Creates roles and databases, and counts the new ones.
async fn make(admin: &PgConnectOptions, wanted: &[Wanted], made: &AtomicUsize) -> Result<(), sqlx::Error> {
    let mut postgres = PgConnection::connect_with(admin).await?;
    query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut postgres).await?;
    for Wanted { role, database, password } in wanted {
        let (name, verifier) = (quoted(role), scram::verifier(password));
        if !exists(&mut postgres, "SELECT 1 FROM pg_roles WHERE rolname = $1", role).await? {
            run(&mut postgres, format!("CREATE ROLE {name}")).await?;
            made.fetch_add(1, Relaxed);
        }
        // The verifier is no password, so that no password appears in the log of the server.
        run(&mut postgres, format!("ALTER ROLE {name} LOGIN PASSWORD '{verifier}'")).await?;
        let owned = quoted(database);
        if !exists(&mut postgres, "SELECT 1 FROM pg_database WHERE datname = $1", database).await? {
            run(&mut postgres, format!("CREATE DATABASE {owned} OWNER {name}")).await?;
            made.fetch_add(1, Relaxed);
        }
        run(&mut postgres, format!("ALTER DATABASE {owned} OWNER TO {name}")).await?;
        run(&mut postgres, format!("REVOKE ALL ON DATABASE {owned} FROM PUBLIC")).await?;
    }
    postgres.close().await
}

async fn exists(postgres: &mut PgConnection, ask: &'static str, name: &str) -> Result<bool, sqlx::Error> {
    Ok(query_scalar::<_, i32>(ask).bind(name).fetch_optional(postgres).await?.is_some())
}

/// Runs a statement; an object that another client created meanwhile is no error.
async fn run(postgres: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    match postgres.execute(AssertSqlSafe(statement)).await {
        Err(sqlx::Error::Database(refused))
            if matches!(refused.code().as_deref(), Some("42710" | "42P04" | "23505")) =>
        {
            Ok(())
        }
        done => done.map(drop),
    }
}

fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifier_is_quoted_whatever_it_holds() {
        assert_eq!(quoted("user_service"), "\"user_service\"");
        assert_eq!(quoted("a\"; DROP ROLE x; --"), "\"a\"\"; DROP ROLE x; --\"");
    }
}
