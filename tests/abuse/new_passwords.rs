//! New passwords of the stores, given as files while a service runs.

use std::{fs, time::Duration};

use estore_testbed::{
    Options, Service,
    ServiceName::{Inventory, User},
    Shop,
};
use estore_tests::{Access, Answer, directory, fresh, until, until_logged};

const PATIENCE: Duration = Duration::from_secs(30);
const NEW: &str = "another-password";

async fn readiness(access: &Access, process: &Service) -> u16 {
    let url = format!("http://127.0.0.1:{}/ready", process.management_port);
    Answer::try_of(access.http.get(url)).await.map_or(0, |answer| answer.status)
}

async fn ready(access: &Access, process: &Service) {
    let status = until(PATIENCE, async || readiness(access, process).await, |status| *status == 200).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn new_redis_password_waits_for_the_server() {
    let directory = directory("new-redis-password");
    let shop = Shop::start(Options { faults: true, ..fresh(directory.clone(), &[]) }).await.unwrap();
    let access = Access::to(&shop);
    let old = shop.environment(Inventory)["REDIS_PASSWORD"].clone();
    let operator = |command: &[&str]| shop.redis.ask("operator", &old, command).unwrap();
    let file = directory.join("redis-password");
    fs::write(&file, &old).unwrap();
    let path = file.display().to_string();
    let settings =
        [("REDIS_PASSWORD", ""), ("REDIS_PASSWORD_FILE", path.as_str()), ("TLS_RELOAD_SECONDS", "0")];
    let process = shop.another(Inventory, &settings).unwrap();
    ready(&access, &process).await;

    fs::write(&file, NEW).unwrap();
    until_logged(PATIENCE, &process, &["does not accept the new password yet"]).await;
    assert_eq!(readiness(&access, &process).await, 200);

    operator(&["ACL", "SETUSER", "inventory", &format!(">{NEW}")]);
    until_logged(PATIENCE, &process, &["new password of Redis is in use"]).await;
    operator(&["ACL", "SETUSER", "inventory", &format!("<{old}")]);
    operator(&["CLIENT", "KILL", "USER", "inventory"]);
    ready(&access, &process).await;
    let refused = process.last_lines(usize::MAX).iter().any(|line| line.contains("\"reason\":\"password\""));
    assert!(!refused, "the server refused a login for good");
}

#[tokio::test]
async fn new_postgres_password_waits_for_the_server() {
    let directory = directory("new-postgres-password");
    let shop = Shop::start(fresh(directory.clone(), &[])).await.unwrap();
    let access = Access::to(&shop);
    let (user, database) = ("estore_new_password", "userdb");
    shop.postgres.sql(database, &format!("CREATE ROLE {user} LOGIN SUPERUSER PASSWORD 'first'")).unwrap();
    let url = shop.environment(User)["DATABASE_URL"].clone();
    let host = url.rsplit('@').next().unwrap();
    let url = format!("postgresql://{user}@{host}");
    let file = directory.join("postgres-password");
    fs::write(&file, "first").unwrap();
    let path = file.display().to_string();
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("DATABASE_PASSWORD", ""),
        ("DATABASE_PASSWORD_FILE", &path),
        ("TLS_RELOAD_SECONDS", "0"),
    ];
    let process = shop.another(User, &settings).unwrap();
    ready(&access, &process).await;

    fs::write(&file, NEW).unwrap();
    until_logged(PATIENCE, &process, &["does not accept the new login yet"]).await;
    assert_eq!(readiness(&access, &process).await, 200);

    shop.postgres.sql(database, &format!("ALTER ROLE {user} PASSWORD '{NEW}'")).unwrap();
    until_logged(PATIENCE, &process, &["new login of Postgres is in use"]).await;
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'");
    shop.postgres.sql(database, &end).unwrap();
    ready(&access, &process).await;
}
