//! Some of what `./dev faults` does, each time that the tests are run: no violation.

use estore_faults::faults::{Row, run};

/// Other dice each time; a failure names them.
fn seed() -> u64 {
    u64::from(std::process::id())
}

async fn survives(group: &str) {
    let (seed, mut rows) = (seed(), Vec::new());
    run(group, seed, &mut |row: Row| rows.push(row)).await.unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let told = [row.violations.as_slice(), &row.notes].concat().join("\n");
        assert!(row.violations.is_empty(), "{} (seed {seed}):\n{told}", row.fault);
        assert!(row.orders > 0, "{}: nobody ordered", row.fault);
    }
}

#[tokio::test]
async fn services_may_be_killed_at_random_and_several_at_once() {
    survives("kills").await;
}

#[tokio::test]
async fn redis_and_postgres_may_be_killed() {
    survives("stores").await;
}

#[tokio::test]
async fn a_service_may_die_between_two_writes() {
    survives("sample").await;
}
