//! Transactions of requests that are dropped, for example because a client hangs up.

use estore_stores::pg;
use futures::poll;
use sqlx::{PgPool, postgres::PgPoolOptions};

use crate::store::Store;

const NAME: &str = "dropped";

async fn transaction_id(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT txid_current()").fetch_one(pool).await.unwrap()
}

async fn has_begun(pool: &PgPool) -> bool {
    let begun = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1 AND state = 'idle in transaction')";
    sqlx::query_scalar(begun).bind(NAME).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn dropped_begin_leaves_no_open_transaction() {
    let store = Store::start("begin").await;
    let options = store.pool.connect_options().as_ref().clone().application_name(NAME);
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let mut begun = Box::pin(pg::begin(&pool));
    // Drops it once the server has begun the transaction, at best before the answer is read.
    while poll!(&mut begun).is_pending() && !has_begun(&store.pool).await {}
    drop(begun);
    let ids = (transaction_id(&pool).await, transaction_id(&pool).await);
    assert_ne!(ids.0, ids.1, "both statements ran in one transaction");
}
