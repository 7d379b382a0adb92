//! Jobs of different versions that load the function libraries at once.

use estore_base::config::Env;
use estore_bootstrap::libraries;
use estore_testbed::Redis;
use sqlx::{Connection, PgConnection, query};

use crate::postgres;

const NAME: &str = "bootstrap-libraries";
/// The advisory lock of the libraries, which jobs of every version take.
const LOCK: i64 = 0x00E5_704F;
/// Asks whether another job waits for it.
const WAITS: &str = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)";

#[tokio::test]
async fn one_job_at_a_time_loads_libraries() {
    let server = postgres::start(NAME).await;
    let url = server.database("userdb").unwrap();
    let redis = postgres::directory(NAME).join("redis");
    let redis = Redis::with_functions(&redis, &["bootstrap"], &[], &[]).await.unwrap();
    let settings = [("DATABASE_URL_USER", url.clone())].into_iter().chain(redis.settings("bootstrap", 0));
    let env: Env = settings.collect();

    let mut other = PgConnection::connect(&url).await.unwrap();
    query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut other).await.unwrap();
    let loading = tokio::spawn(async move { libraries::load(&env).await });
    postgres::until(WAITS, &mut other).await;
    let loaded = || redis.ask("operator", "pw", &["FUNCTION", "LIST"]).unwrap();
    assert!(!loaded().contains("inv1"));
    query("SELECT pg_advisory_unlock($1)").bind(LOCK).execute(&mut other).await.unwrap();
    loading.await.unwrap().unwrap();
    assert!(loaded().contains("inv1"));
}
