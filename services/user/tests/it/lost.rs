//! Connections to Postgres that go silent, as when the node of the server or a firewall dies.

use std::{sync::Arc, time::Duration};

use estore_base::{clock::ManualClock, config::Env};
use estore_contract::{SessionId, UserId, introspection::Role};
use estore_stores::pg;
use estore_testbed::Cable;
use estore_user::{
    domain::TokenIssuer,
    store::{callers::Callers, users},
};
use secrecy::SecretString;
use sqlx::{PgExecutor, PgPool};
use tokio::{task::yield_now, time::timeout};
use uuid::Uuid;

use crate::store::{NOW, Store, refresh_token};

const USER: UserId = UserId(Uuid::from_u128(1));

#[tokio::test]
async fn silent_connections_are_replaced() {
    let store = Store::start("lost").await;
    let (cable, pool) = over_cable(&store).await;

    let issuer = TokenIssuer::new(&SecretString::from("k".repeat(32)), None);
    let session = SessionId(Uuid::from_u128(2));
    let token = issuer.issue(&refresh_token(), USER, session, Role::Customer, NOW).unwrap();
    let claims = issuer.read(&token, NOW).unwrap();
    let idle = time::Duration::days(14);
    let callers = Callers::new(pool.clone(), Arc::new(ManualClock::new(NOW)), idle);
    let (one, other) = tokio::join!(callers.find(&claims), users::by_id(&pool, USER));
    assert!(one.unwrap().is_none() && other.unwrap().is_none());
    while pool.num_idle() < pool.size() as usize {
        yield_now().await;
    }

    // Both connections are lost while a statement runs: one of a job, one of a request that ends.
    cable.lose();
    let request = timeout(Duration::from_secs(9), users::by_id(&pool, USER));
    let (job, request) = tokio::join!(callers.find(&claims), request);
    assert!(job.is_err() && request.is_err());
    let again = async {
        loop {
            // Both places at once.
            if let (Ok(_), Ok(_)) = tokio::join!(pool.acquire(), pool.acquire()) {
                return;
            }
        }
    };
    timeout(Duration::from_secs(20), again).await.unwrap();
    assert_eq!(pool.size(), 2);
}

#[tokio::test]
async fn commit_without_an_answer_is_unknown() {
    let store = Store::start("cut").await;
    let (cable, pool) = over_cable(&store).await;
    let mut transaction = pg::begin(&pool).await.unwrap();
    sqlx::query("SELECT 1").execute(&mut *transaction).await.unwrap();
    cable.cut();
    let error = pg::commit(transaction).await.unwrap_err();
    assert!(error.is_unknown(), "{error}");

    let mut transaction = pg::begin(&pool).await.unwrap();
    let late = "CREATE TABLE late (id int, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)";
    sqlx::query(late).execute(&mut *transaction).await.unwrap();
    sqlx::query("INSERT INTO late VALUES (1), (1)").execute(&mut *transaction).await.unwrap();
    let error = pg::commit(transaction).await.unwrap_err();
    assert!(!error.is_unknown(), "the server refused it: {error}");
}

#[tokio::test]
async fn silent_idle_connection_fails_no_statement() {
    let store = Store::start("idle").await;
    let (cable, pool) = over_cable(&store).await;
    let connection = process(&pool).await;
    // The pool checks a connection that was not used for 1 s.
    let rested =
        "SELECT state_change < clock_timestamp() - interval '2 s' FROM pg_stat_activity WHERE pid = $1";
    until(&store, rested, connection).await;
    cable.lose();
    let statement = timeout(Duration::from_secs(20), users::by_id(&pool, USER)).await;
    assert!(statement.unwrap().unwrap().is_none());
}

#[tokio::test]
async fn transaction_ended_by_the_server_is_transient() {
    let store = Store::start("ended").await;
    let mut transaction = pg::begin(&store.pool).await.unwrap();
    let short = "SET LOCAL idle_in_transaction_session_timeout = 100";
    sqlx::query(short).execute(&mut *transaction).await.unwrap();
    let connection = process(&mut *transaction).await;
    until(&store, "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)", connection).await;
    let error = sqlx::query("SELECT 1").execute(&mut *transaction).await.unwrap_err();
    assert!(pg::is_away(&error), "{error}");
}

/// Returns the server's process of a connection.
async fn process(db: impl PgExecutor<'_>) -> i32 {
    sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(db).await.unwrap()
}

/// Waits until a query about a process of the server returns true.
async fn until(store: &Store, query: &'static str, process: i32) {
    let holds = async {
        while !sqlx::query_scalar::<_, bool>(query).bind(process).fetch_one(&store.pool).await.unwrap() {
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), holds).await.unwrap();
}

/// Returns a pool of two connections that a cable carries.
async fn over_cable(store: &Store) -> (Cable, PgPool) {
    let options = store.pool.connect_options();
    let cable = Cable::to(options.get_port()).await.unwrap();
    let url = store.url.replace(&format!(":{}/", options.get_port()), &format!(":{}/", cable.port));
    let settings = [("DATABASE_URL", url.as_str()), ("DATABASE_POOL", "2")];
    (cable, pg::connect(&settings.into_iter().collect::<Env>()).unwrap())
}
