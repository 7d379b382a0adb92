//! Migrations beside a running shop.

use estore_base::config::Env;
use estore_bootstrap::migrations;
use futures::future::join;
use sqlx::{Connection, PgConnection, raw_sql};

use crate::postgres;

/// Takes the last migration of accounts back, as the release before left it.
const BEFORE: &str = "DELETE FROM _sqlx_migrations WHERE version = 20;
    DROP TRIGGER fold_account_again ON users;
    DROP FUNCTION fold_account_again;
    ALTER TABLE users DROP COLUMN searchable, DROP COLUMN folding";
/// Asks whether a statement waits for a lock.
const WAITS: &str = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)";

#[tokio::test]
async fn waiting_migration_lets_statements_pass() {
    let server = postgres::start("bootstrap-migrations").await;
    let [user, verification] = ["userdb", "verificationdb"].map(|name| server.database(name).unwrap());
    let settings = [("DATABASE_URL_USER", &*user), ("DATABASE_URL_VERIFICATION", &*verification)];
    let env: Env = settings.into_iter().collect();
    let migrated = migrations::run(&env).await.unwrap();

    let mut backup = PgConnection::connect(&user).await.unwrap();
    raw_sql(BEFORE).execute(&mut backup).await.unwrap();
    raw_sql("BEGIN; LOCK TABLE users IN ACCESS SHARE MODE").execute(&mut backup).await.unwrap();

    let mut service = PgConnection::connect(&user).await.unwrap();
    raw_sql("SET lock_timeout = '3s'").execute(&mut service).await.unwrap();
    let beside = async {
        postgres::until(WAITS, &mut service).await;
        let read = raw_sql("SELECT FROM users").execute(&mut service).await;
        raw_sql("COMMIT").execute(&mut backup).await.unwrap();
        read
    };
    let (again, read) = join(migrations::run(&env), beside).await;
    assert_eq!(again.unwrap(), migrated);
    assert!(read.is_ok(), "{read:?}");
}
