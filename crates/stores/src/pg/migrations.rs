//! Migrations that are compiled into a program. The macro of sqlx does the same, and takes a second
//! build of sqlx for it.

use sqlx::{
    SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// Builds the migrator of these migrations: the version, the description and the text of each.
#[must_use]
pub fn migrator(migrations: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |(version, description, sql): &(i64, &'static str, &'static str)| {
        // The first line of a file says so, if it must run outside of a transaction.
        let no_transaction = sql.starts_with("-- no-transaction");
        let sql = SqlStr::from_static(sql);
        Migration::new(*version, (*description).into(), MigrationType::Simple, sql, no_transaction)
    };
    Migrator::with_migrations(migrations.iter().map(migration).collect())
}
