//! Statements that find their rows by an index, however large the table is.

use estore_contract::UserId;
use estore_user::store::{outbox, users};
use sqlx::PgConnection;

use crate::store::Store;

/// Adds accounts, so that an index on all of them is not the cheapest for a few.
const ACCOUNTS: &str =
    "INSERT INTO users (id, email, password_hash, role, name, locale, created_at, updated_at)
    SELECT gen_random_uuid(), n || '@example.com', 'none', 'customer', 'Ada', 'en', now(), now()
    FROM generate_series(1, 1000) n";

/// Makes statements use an index if there is any, as they would for a table that is not tiny.
async fn prepare(db: &mut PgConnection) {
    for statement in [ACCOUNTS, "ANALYZE users", "SET enable_seqscan = off", "SET track_counts = on"] {
        sqlx::query(statement).execute(&mut *db).await.unwrap();
    }
}

/// Reports whether any statement of this connection has used the index.
async fn is_used(db: &mut PgConnection, index: &str) -> bool {
    sqlx::query("SELECT pg_stat_force_next_flush()").execute(&mut *db).await.unwrap();
    sqlx::query_scalar("SELECT idx_scan > 0 FROM pg_stat_user_indexes WHERE indexrelname = $1")
        .bind(index)
        .fetch_one(db)
        .await
        .unwrap()
}

#[tokio::test]
async fn removal_does_not_read_every_session_or_email() {
    let store = Store::start("indexes-removal").await;
    let user: UserId = store.add_user("ada@example.com").await;
    let mut connection = store.pool.acquire().await.unwrap();
    prepare(&mut connection).await;
    outbox::drop_of(&mut connection, user).await.unwrap();
    users::erase(&mut *connection, user).await.unwrap();
    for index in ["outbox_user", "sessions_user"] {
        assert!(is_used(&mut connection, index).await, "{index}");
    }
}

#[tokio::test]
async fn lock_on_admins_does_not_read_every_account() {
    let store = Store::start("indexes-admins").await;
    let mut connection = store.pool.acquire().await.unwrap();
    prepare(&mut connection).await;
    assert!(users::lock_admins(&mut connection).await.unwrap().is_empty());
    assert!(is_used(&mut connection, "users_admins").await);
}
