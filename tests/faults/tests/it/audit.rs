//! The audit (`estore-bootstrap audit`) of a shop. A correct one has no violation, also while
//! orders are in progress. Every planted error is found.

use std::{collections::BTreeMap, process::Output};

use estore_contract::{OrderId, audit::AuditReport};
use estore_faults::stand::{Plan, Stand};
use estore_testbed::ours;
use tokio::process::Command;

use crate::{
    closing, moving,
    plant::{order_key, payment_key, reservation_key},
    quiet::{self, HOT, ada, bob},
    shop::{Shop, card, user},
};

/// An id that nobody's order has.
const NOBODYS: &str = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";

/// Audits with more arguments.
pub(crate) async fn run_with(
    environment: BTreeMap<String, String>,
    more: &[&str],
) -> (Option<i32>, AuditReport) {
    let mut audit = Command::new(ours("estore-bootstrap").unwrap());
    audit.args(["audit", "--json", "--slice", "3"]).args(more).envs(environment);
    let Output { status, stdout, stderr } = audit.output().await.unwrap();
    let said = String::from_utf8(stdout).unwrap();
    let report = serde_json::from_str(&said);
    (status.code(), report.unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&stderr))))
}

async fn run(environment: BTreeMap<String, String>) -> (Option<i32>, AuditReport) {
    run_with(environment, &[]).await
}

/// Audits the small shop.
pub(crate) async fn audit(shop: &Shop) -> (Option<i32>, AuditReport) {
    run(shop.stage.settings("auditor")).await
}

/// Checks that the audit has no violation.
pub(crate) async fn is_clean(shop: &Shop) -> AuditReport {
    let (code, report) = audit(shop).await;
    assert_eq!((code, report.violations()), (Some(0), 0), "{report:#?}");
    report
}

/// Checks that the audit finds that a command of an operator breaks this equation for this subject.
/// The command's first argument is the key that it touches, which is restored afterwards.
pub(crate) async fn finds(shop: &Shop, equation: u8, subject: impl ToString, command: &[&str]) {
    let kept = shop.stage.keep(command[1]).await;
    let _: redis::Value = shop.stage.operate(command).await;
    let (code, report) = audit(shop).await;
    shop.stage.put_back(command[1], kept).await;
    let (subject, label) = (subject.to_string(), format!("{equation:02}_"));
    let of_it = report.equations.iter().find(|one| one.equation.starts_with(&label)).unwrap();
    let named = of_it.offenders.iter().any(|offender| offender.subject == subject);
    assert!(code == Some(1) && named, "{command:?} {subject}: {code:?} {report:#?}");
}

#[tokio::test]
async fn clean_shop_passes_the_audit() {
    let shop = quiet::shop("audit-clean").await;
    let report = is_clean(&shop).await;
    let snapshot = shop.snapshot().await;
    let count = |count: usize| u64::try_from(count).unwrap();
    assert_eq!(report.checked.orders, count(snapshot.orders.len()));
    assert_eq!(report.checked.ledger_entries, count(snapshot.ledger.len()));
    assert_eq!(report.checked.journal, count(snapshot.journal.len()));
    assert_eq!(report.checked.products, count(snapshot.products.len()));
    assert_eq!(report.remarks.len(), 1, "the capture that a void found: {:?}", report.remarks);
}

#[tokio::test]
async fn audit_passes_orders_in_progress_and_closed_accounts() {
    is_clean(&moving::shop("audit-moving").await).await;
    is_clean(&closing::shop("audit-closed").await).await;
}

#[tokio::test]
async fn audit_finds_wrong_stock() {
    let shop = quiet::shop("audit-stock").await;
    let (sold, partly, late) = (ada("plain"), ada("partly"), bob("late"));
    finds(&shop, 1, HOT, &["HSET", "{inv}:p:HOT", "reserved", "1"]).await;
    finds(&shop, 2, "MUG", &["HINCRBY", "{inv}:p:MUG", "reserved", "1"]).await;
    finds(&shop, 2, late, &["ZADD", "{inv}:due", "1", &late.to_string()]).await;
    finds(&shop, 2, "nobody", &["ZADD", "{inv}:due", "1", "nobody"]).await;
    finds(&shop, 3, "MUG", &["HINCRBY", "{inv}:p:MUG", "on_hand", "1"]).await;
    finds(&shop, 3, "LAMP", &["DEL", "{inv}:p:LAMP"]).await;
    finds(&shop, 3, sold, &["HSET", &reservation_key(sold), "returned", r#"{"MUG":"3"}"#]).await;
    finds(&shop, 3, sold, &["DEL", &reservation_key(sold)]).await;
    finds(&shop, 3, NOBODYS, &["HSET", &format!("{{inv}}:r:{NOBODYS}"), "status", "released"]).await;
    let journal = ["XADD", "{inv}:journal", "*", "kind"];
    let received = [journal.as_slice(), &["received", "order", "", "lines", r#"["PEN","1"]"#]].concat();
    finds(&shop, 3, "PEN", &received).await;
    finds(&shop, 4, sold, &["HSET", &reservation_key(sold), "status", "expired"]).await;
    finds(&shop, 4, late, &["HSET", &reservation_key(late), "status", "confirmed"]).await;
    let lines = r#"["MUG","MUG","2","251","USD","PEN","PEN","1","999","USD"]"#;
    finds(&shop, 4, sold, &["HSET", &reservation_key(sold), "lines", lines]).await;
    finds(&shop, 4, partly, &["HDEL", &reservation_key(partly), "return:1"]).await;
    let sold_text = sold.to_string();
    let twice = [journal.as_slice(), &["confirmed", "order", &sold_text, "lines", r#"["MUG","2"]"#]].concat();
    finds(&shop, 11, sold, &twice).await;
    let nobodys = [journal.as_slice(), &["held", "order", NOBODYS, "lines", r#"["MUG","0"]"#]].concat();
    finds(&shop, 3, NOBODYS, &nobodys).await;
    is_clean(&shop).await;
}

#[tokio::test]
async fn audit_finds_wrong_money() {
    let shop = quiet::shop("audit-money").await;
    let (sold, partly, late) = (ada("plain"), ada("partly"), bob("late"));
    let ledger = format!("{{pay}}:u:{}:ledger", user(1));
    let capture = ["type", "capture", "debit", "shop", "credit", "authorized", "currency", "USD"];
    for order in [sold, OrderId::of(user(1), "never")] {
        let order_text = order.to_string();
        let entry = ["XADD", &ledger, "*", "order", &order_text, "at", "1", "amount", "1499"];
        finds(&shop, 5, order, &[entry.as_slice(), &capture].concat()).await;
    }
    finds(&shop, 5, sold, &["DEL", &ledger]).await;
    finds(&shop, 5, sold, &["HINCRBY", &order_key(sold), "count:capture", "1"]).await;
    finds(&shop, 5, sold, &["HSET", &payment_key(sold), "state", "authorized"]).await;
    finds(&shop, 5, late, &["DEL", &payment_key(late)]).await;
    finds(&shop, 5, NOBODYS, &["HSET", &format!("{{gw}}:p:{NOBODYS}"), "state", "created"]).await;
    finds(&shop, 5, sold, &["ZREM", "{gw}:payments", &sold.to_string()]).await;
    finds(&shop, 5, NOBODYS, &["ZADD", "{gw}:payments", "1", NOBODYS]).await;
    finds(&shop, 6, sold, &["HINCRBY", &order_key(sold), "refunded", "1"]).await;
    finds(&shop, 6, "USD", &["HINCRBY", &order_key(sold), "refunded", "1"]).await;
    let first = format!("{}:r:1", order_key(partly));
    finds(&shop, 6, format!("{partly}/1"), &["HSET", &first, "lines", r#"["PEN","1"]"#]).await;
    is_clean(&shop).await;
}

#[tokio::test]
async fn audit_finds_wrong_lists_and_steps() {
    let shop = quiet::shop("audit-lists").await;
    let (sold, partly, late) = (ada("plain"), ada("partly"), bob("late"));
    let (late_text, first) = (late.to_string(), format!("{{pay}}:u:{}:orders", user(1)));
    finds(&shop, 7, &late_text, &["ZADD", "{pay}:work", "1", &late_text]).await;
    finds(&shop, 7, format!("{late}/7"), &["ZADD", "{pay}:work", "1", &format!("{late}/7")]).await;
    finds(&shop, 7, "nobody", &["ZADD", "{pay}:work", "1", "nobody"]).await;
    finds(&shop, 7, late, &["ZREM", "{pay}:orders", &late_text]).await;
    finds(&shop, 7, NOBODYS, &["ZADD", "{pay}:orders", "1", NOBODYS]).await;
    finds(&shop, 7, late, &["ZADD", "{pay}:open", "1", &late_text]).await;
    finds(&shop, 7, late, &["ZADD", &first, "1", &late_text]).await;
    finds(&shop, 7, late, &["HSET", &format!("{{pay}}:u:{}:open", user(1)), &late_text, "2"]).await;
    let mail = format!("{late}/confirmed");
    finds(&shop, 7, &mail, &["ZADD", "{pay}:mail", "1", &mail]).await;
    let paid = format!("{partly}/1");
    finds(&shop, 7, &paid, &["ZADD", "{pay}:failed", "1", &paid]).await;
    finds(&shop, 7, "nobody/1", &["ZADD", "{pay}:failed", "1", "nobody/1"]).await;
    finds(&shop, 7, card(user(1)), &["DEL", &format!("{{pay}}:u:{}:methods", user(1))]).await;
    finds(&shop, 7, card(user(1)), &["DEL", &format!("{{pay}}:m:{}", card(user(1)))]).await;
    let view: String = shop.stage.operate(&["HGET", "{pay}:views", &ada("at-once").to_string()]).await;
    let changed = view.replacen("\"quantity\":2", "\"quantity\":3", 1);
    finds(&shop, 8, ada("at-once"), &["HSET", "{pay}:views", &ada("at-once").to_string(), &changed]).await;
    finds(&shop, 8, NOBODYS, &["HSET", "{pay}:views", NOBODYS, &view]).await;
    let keys = format!("{}:keys", order_key(partly));
    finds(&shop, 9, partly, &["HDEL", &keys, "r1"]).await;
    let refund = format!("{}:r:9", order_key(partly));
    let mut lost = vec!["HSET", &refund, "status", "failed", "version", "1", "key", "k", "lines", "{}"];
    lost.extend(["amount", "0", "currency", "USD", "restock", "0", "created_at", "1"]);
    finds(&shop, 9, partly, &lost).await;
    let log = format!("{}:log", order_key(sold));
    finds(&shop, 11, sold, &["LTRIM", &log, "0", "-2"]).await;
    finds(&shop, 11, sold, &["HSET", &order_key(sold), "status", "shipped"]).await;
    finds(&shop, 11, NOBODYS, &["RPUSH", &format!("{{pay}}:o:{NOBODYS}:log"), "1  accepted 1"]).await;
    finds(&shop, 11, "{pay}:o:nobody", &["HSET", "{pay}:o:nobody", "status", "accepted"]).await;
    is_clean(&shop).await;
}

#[tokio::test]
async fn audit_finds_errors_in_orders_in_progress() {
    let shop = moving::shop("audit-open").await;
    let held = moving::erin("reserved");
    finds(&shop, 2, held, &["ZREM", "{inv}:due", &held.to_string()]).await;
    finds(&shop, 3, held, &["HSET", &reservation_key(held), "status", "released"]).await;
    finds(&shop, 4, held, &["HSET", &reservation_key(held), "status", "confirmed"]).await;
    finds(&shop, 7, held, &["ZREM", "{pay}:work", &held.to_string()]).await;
    let early = moving::erin("authorized");
    finds(&shop, 5, early, &["HSET", &payment_key(early), "state", "captured", "times:captured", "1"]).await;
    is_clean(&shop).await;
}

#[tokio::test]
async fn audit_finds_what_is_not_erased() {
    let shop = closing::shop("audit-erased").await;
    let sold = OrderId::of(user(4), "sold");
    finds(&shop, 14, sold, &["HSET", &order_key(sold), "email", "eve@example.com"]).await;
    let kept = format!(r#"{{"id":"{}","user":"{}","sealed":"x"}}"#, card(user(4)), user(4));
    finds(&shop, 14, user(4), &["SET", &format!("{{pay}}:m:{}", card(user(4))), &kept]).await;
    is_clean(&shop).await;
}

#[tokio::test]
async fn widespread_violation_is_looked_at_in_part() {
    let shop = quiet::shop("audit-widespread").await;
    // Places of 2,100 orders that do not exist, and as many in the list of a user.
    let script = "for n = 1, 2100 do \
        local id = string.format('0197a6f0-3c5e-7d6b-9a44-%012x', n) \
        redis.call('ZADD', KEYS[1], n, id) redis.call('ZADD', KEYS[2], n, id) end return 1";
    let list = format!("{{pay}}:u:{}:orders", user(2));
    let _: i64 = shop.stage.operate(&["EVAL", script, "2", "{pay}:orders", &list]).await;
    let (code, report) = audit(&shop).await;
    let of_lists = report.equations.iter().find(|one| one.equation.starts_with("07_")).unwrap();
    assert!(code == Some(1) && of_lists.violations >= 2000, "{code:?} {}", of_lists.violations);
    for remark in ["more than 2000 orders have a finding", "more than 2000 findings about users"] {
        assert!(report.remarks.iter().any(|one| one.contains(remark)), "{remark}: {:?}", report.remarks);
    }
}

#[tokio::test]
async fn entries_before_their_order_are_found() {
    let shop = moving::shop("audit-clock").await;
    // The server's clock stepped back after the orders were created.
    let script = "local entries = redis.call('XRANGE', KEYS[1], '-', '+') \
        redis.call('DEL', KEYS[1]) \
        for at, entry in ipairs(entries) do redis.call('XADD', KEYS[1], at .. '-1', unpack(entry[2])) end \
        return #entries";
    let ledger = format!("{{pay}}:u:{}:ledger", user(3));
    let moved: i64 = shop.stage.operate(&["EVAL", script, "1", &ledger]).await;
    assert!(moved > 10, "{moved}");
    is_clean(&shop).await;
}

#[tokio::test]
async fn order_with_very_many_refunds_is_remarked() {
    let shop = quiet::shop("audit-refunds").await;
    shop.product("CUP", 2, "USD", 2000).await;
    let mut order = shop.create(user(1), "often", &[("CUP", 999), ("PEN", 2)]).await;
    order.complete().await;
    order.refund_each("CUP", 2, 1..=999).await;
    order.refund_each("PEN", 999, 1000..=1000).await;
    let remark = format!("{}: it has more than 1000 refunds, and was not checked", order.id);
    assert!(!is_clean(&shop).await.remarks.contains(&remark));
    order.refund_each("PEN", 999, 1001..=1001).await;
    let remarks = is_clean(&shop).await.remarks;
    assert!(remarks.contains(&remark), "{remarks:?}");
}

#[tokio::test]
async fn audits_under_load_raise_nothing() {
    let mut stand = Stand::start(&Plan::named("audit", u64::from(std::process::id()))).await.unwrap();
    let load = stand.begin(0).await.unwrap();
    let mut orders = Vec::new();
    for _ in 0..10 {
        let (code, report) = run(stand.shop.audit_environment()).await;
        assert_eq!((code, report.violations()), (Some(0), 0), "{report:#?}");
        orders.push(report.checked.orders);
    }
    load.end().await;
    assert!(orders.is_sorted() && orders.first() < orders.last(), "nobody ordered meanwhile: {orders:?}");
    stand.quiet().await.unwrap();
    let (code, report) = run(stand.shop.audit_environment()).await;
    assert_eq!((code, report.violations()), (Some(0), 0), "{report:#?}");
    stand.shop.stop().await.unwrap();
}
