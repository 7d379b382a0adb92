//! Tests a server that is killed, and one that is paused.

use std::{
    env,
    process::Stdio,
    time::{Duration, Instant},
};

use super::*;

/// Returns the state letter of each process of the server, as `ps` prints it.
fn states(postgres: &Postgres, children: &[String]) -> String {
    let mut pids = children.to_vec();
    pids.push(postgres.process.pid().to_string());
    let listed = Command::new("ps").args(["-o", "stat=", "-p", &pids.join(",")]).output().unwrap();
    String::from_utf8(listed.stdout).unwrap().lines().filter_map(|line| line.chars().next()).collect()
}

async fn until(what: impl Fn() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < Duration::from_secs(10), "it does not come to that");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn postgres_keeps_data_when_killed_or_paused() {
    let directory = env::temp_dir().join(format!("estore-postgres-{}", std::process::id()));
    let mut postgres = Postgres::start(&directory, false, None).await.unwrap();
    let url = postgres.database("userdb").unwrap();
    assert!(url.ends_with(&format!("@127.0.0.1:{}/userdb", postgres.port())), "{url}");
    postgres.sql("userdb", "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)").unwrap();

    assert!(postgres.start_again().await.is_err(), "it still runs");
    postgres.kill().await.unwrap();
    postgres.kill().await.unwrap();
    assert!(postgres.sql("userdb", "SELECT 1").is_err());
    postgres.start_again().await.unwrap();
    assert_eq!(postgres.sql("userdb", "SELECT n FROM kept").unwrap().trim(), "7");

    let children = postgres.children().unwrap();
    assert!(children.len() > 3, "{children:?}");
    let all_stopped = |postgres: &Postgres| states(postgres, &children).chars().all(|state| state == 'T');
    assert!(!all_stopped(&postgres));
    postgres.pause().unwrap();
    until(|| all_stopped(&postgres)).await;
    postgres.resume().unwrap();
    assert_eq!(postgres.sql("userdb", "SELECT n FROM kept").unwrap().trim(), "7");

    // A server that is killed while it is paused leaves no process behind.
    postgres.pause().unwrap();
    postgres.kill().await.unwrap();
    until(|| states(&postgres, &children).is_empty()).await;
    postgres.start_again().await.unwrap();
    assert_eq!(postgres.sql("userdb", "SELECT n FROM kept").unwrap().trim(), "7");
    postgres.stop().await.unwrap();
    Postgres::erase(&directory).unwrap();
}

#[tokio::test]
async fn postgres_that_recovers_is_waited_for() {
    let directory = env::temp_dir().join(format!("estore-postgres-recovering-{}", std::process::id()));
    let mut postgres = Postgres::start(&directory, false, None).await.unwrap();
    postgres.database("userdb").unwrap();
    postgres.kill().await.unwrap();
    postgres.start_recovering(Duration::from_millis(300)).await.unwrap();
    let refused = || postgres.sql("userdb", "SELECT 1").err().map(|error| error.to_string());
    until(|| refused().is_some_and(|refused| refused.contains("starting up"))).await;
    postgres.recovered().await.unwrap();
    assert_eq!(postgres.sql("userdb", "SELECT 1").unwrap().trim(), "1");
    postgres.stop().await.unwrap();
    Postgres::erase(&directory).unwrap();
}

#[tokio::test]
async fn restart_waits_for_the_last_process_of_postgres() {
    let directory = env::temp_dir().join(format!("estore-postgres-last-{}", std::process::id()));
    let mut postgres = Postgres::start(&directory, false, None).await.unwrap();
    let url = postgres.database("userdb").unwrap();
    let mut psql = Command::new(installed(&["psql"]).unwrap());
    psql.args([url.as_str(), "-c", "SELECT pg_sleep(60)"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut client = psql.spawn().unwrap();
    let at_work = "SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'";
    let working = || postgres.sql("userdb", at_work).unwrap().trim().to_owned();
    until(|| !working().is_empty()).await;
    let last = [working()];
    send("STOP", &last).unwrap();
    postgres.process.kill().await.unwrap();
    until(|| is_free(postgres.port)).await;
    // It has the shared memory, which a new server needs.
    assert!(tokio::time::timeout(Duration::from_millis(300), postgres.start_again()).await.is_err());
    send("CONT", &last).unwrap();
    postgres.start_again().await.unwrap();
    client.wait().unwrap();
    postgres.stop().await.unwrap();
    Postgres::erase(&directory).unwrap();
}
