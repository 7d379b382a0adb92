//! The reports of audits, and their exit codes.

use std::process::Output;

use estore_contract::audit::AuditReport;
use estore_testbed::ours;
use tokio::process::Command;

use crate::{
    audit::{audit, finds, is_clean, run_with},
    plant::order_key,
    quiet::{self, ada},
};

#[tokio::test]
async fn audit_keeps_its_last_reports() {
    let shop = quiet::shop("audit-kept").await;
    let first = is_clean(&shop).await;
    let second = is_clean(&shop).await;
    let kept: Vec<String> = shop.stage.operate(&["LRANGE", "{pay}:audit", "0", "-1"]).await;
    let kept: Vec<AuditReport> = kept.iter().map(|report| serde_json::from_str(report).unwrap()).collect();
    assert_eq!(kept, [second, first]);
}

#[tokio::test]
async fn unreadable_store_is_no_result() {
    let shop = quiet::shop("audit-refused").await;
    let mut audit = Command::new(ours("estore-bootstrap").unwrap());
    audit.arg("audit").envs(shop.stage.settings("payment"));
    let Output { status, stdout, stderr } = audit.output().await.unwrap();
    assert_eq!(status.code(), Some(2), "{}", String::from_utf8_lossy(&stdout));
    let stderr = String::from_utf8_lossy(&stderr);
    assert!(stderr.contains("permission"), "{stderr}");
}

#[tokio::test]
async fn wrong_setting_is_final() {
    let shop = quiet::shop("audit-setting").await;
    let mut audit = Command::new(ours("estore-bootstrap").unwrap());
    audit.arg("audit").envs(shop.stage.settings("auditor")).env("REDIS_DB_PAYMENT", "x");
    let Output { status, stderr, .. } = audit.output().await.unwrap();
    assert_eq!(status.code(), Some(78), "{}", String::from_utf8_lossy(&stderr));
}

#[tokio::test]
async fn wrong_option_is_final() {
    let mut audit = Command::new(ours("estore-bootstrap").unwrap());
    let Output { status, stderr, .. } = audit.args(["audit", "--slice", "0"]).output().await.unwrap();
    assert_eq!(status.code(), Some(78), "{}", String::from_utf8_lossy(&stderr));
}

#[tokio::test]
async fn schedule_stays_until_an_audit_ends_it() {
    let shop = quiet::shop("audit-schedule").await;
    let expects = async |more: &[&str], seconds: Option<u64>| {
        let (code, report) = run_with(shop.stage.settings("auditor"), more).await;
        assert_eq!((code, report.next_within_seconds), (Some(0), seconds), "{more:?}");
    };
    expects(&[], None).await;
    expects(&["--next-within", "600"], Some(600)).await;
    expects(&[], Some(600)).await;
    expects(&["--next-within", "0"], None).await;
    expects(&[], None).await;
}

#[tokio::test]
async fn report_is_printed_if_redis_refuses_it() {
    let shop = quiet::shop("audit-unkept").await;
    let _: String = shop.stage.operate(&["FUNCTION", "DELETE", "pay1"]).await;
    let (code, report) = audit(&shop).await;
    assert_eq!((code, report.violations()), (Some(2), 0));
    let sold = ada("plain");
    finds(&shop, 6, sold, &["HINCRBY", &order_key(sold), "refunded", "1"]).await;
}

#[tokio::test]
async fn long_contradictions_are_kept_cut() {
    let shop = quiet::shop("audit-long").await;
    let orders = shop.snapshot().await.orders;
    for order in orders.keys() {
        let log = format!("{}:log", order_key(*order));
        let _: i64 = shop.stage.operate(&["RPUSH", &log, &"x".repeat(20_000)]).await;
    }
    let (code, report) = audit(&shop).await;
    assert_eq!((code, orders.len() > 20), (Some(1), true));
    let kept: Vec<String> = shop.stage.operate(&["LRANGE", "{pay}:audit", "0", "-1"]).await;
    let kept: AuditReport = serde_json::from_str(&kept[0]).unwrap();
    assert_eq!(kept.violations(), report.violations());
}
