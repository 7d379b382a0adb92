//! Migrates the Postgres databases.

use std::sync::LazyLock;

use anyhow::Context;
use estore_base::config::Env;
use estore_stores::pg;
use sqlx::{
    Connection, PgConnection,
    migrate::{MigrateError, Migrator},
    postgres::PgConnectOptions,
};

use crate::{
    config::{
        DATABASE_PASSWORD_USER, DATABASE_PASSWORD_VERIFICATION, DATABASE_URL_USER, DATABASE_URL_VERIFICATION,
    },
    exit::is_postgres_away,
    patience::until_done,
};

#[path = "../../../migrations/user/mod.rs"]
mod user;
#[path = "../../../migrations/verification/mod.rs"]
mod verification;

static USER: LazyLock<Migrator> = LazyLock::new(|| pg::migrator(user::ALL));
static VERIFICATION: LazyLock<Migrator> = LazyLock::new(|| pg::migrator(verification::ALL));

/// Brings both databases up to date. Migrations take a lock: of two at once, one waits for the
/// other.
pub async fn run(env: &Env) -> anyhow::Result<String> {
    for (url, password, migrator) in [
        (DATABASE_URL_USER, DATABASE_PASSWORD_USER, &USER),
        (DATABASE_URL_VERIFICATION, DATABASE_PASSWORD_VERIFICATION, &VERIFICATION),
    ] {
        let options = pg::options(env, &url, &password)?;
        until_done(is_final, || migrate(&options, migrator))
            .await
            .with_context(|| format!("the database of {}", url.name))?;
    }
    Ok(format!("user {}, verification {}", USER.iter().count(), VERIFICATION.iter().count()))
}

/// The time that a migration waits for a lock, such as one that a backup holds. Every later
/// statement on the table waits behind it, so it is short. [`until_done`] tries again.
const LOCK_TIMEOUT: [(&str, &str); 1] = [("lock_timeout", "500")];

async fn migrate(options: &PgConnectOptions, migrator: &Migrator) -> Result<(), MigrateError> {
    let mut connection = PgConnection::connect_with(&options.clone().options(LOCK_TIMEOUT)).await?;
    tolerant(migrator).run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Tolerates newer migrations. After `helm rollback` this program is older than the database; newer
/// migrations are written so that it still works.
fn tolerant(migrator: &Migrator) -> Migrator {
    Migrator {
        migrations: migrator.migrations.clone(),
        table_name: migrator.table_name.clone(),
        create_schemas: migrator.create_schemas.clone(),
        ignore_missing: true,
        ..Migrator::DEFAULT
    }
}

/// Returns whether a retry cannot help. A migration that failed, or that changed after it ran,
/// stays wrong; a database that is not up yet may come up.
pub(crate) fn is_final(error: &MigrateError) -> bool {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => !is_postgres_away(error),
        _ => true,
    }
}
