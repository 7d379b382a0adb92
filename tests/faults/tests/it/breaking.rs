//! Some groups of `./dev faults`, on each run of the tests: no violation.

use estore_faults::faults::{Row, run};

/// Returns another seed each time; a failure prints it.
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
async fn random_service_kills_cause_no_violation() {
    survives("kills").await;
}

#[tokio::test]
async fn store_kills_cause_no_violation() {
    survives("stores").await;
}

#[tokio::test]
async fn service_death_between_two_writes_causes_no_violation() {
    survives("sample").await;
}
