//! The counters of sales agree with the orders and the ledger.

use std::collections::BTreeMap;

use estore_base::clock::{Clock, SystemClock};
use estore_contract::{
    Code, Money,
    payment::TransactionType,
    sales::{ReportPeriod, SalesRow},
};
use estore_payment::{
    domain::{Refusal, State, periods, protocol::Transition, rows},
    store::{ledger, sales},
};
use time::Duration;

use crate::{
    stage::{Stage, user},
    views::{request, shop, walk, way},
};

/// Reads the rows from yesterday to tomorrow, so that midnight does no harm.
async fn read(stage: &Stage, by: ReportPeriod) -> Vec<SalesRow> {
    let now = SystemClock.now();
    let hours = periods(now - Duration::days(1), now + Duration::days(1), by);
    let mut days: Vec<i64> = hours.iter().map(|hour| hour.div_euclid(24)).collect();
    days.dedup();
    rows(&hours, by, &sales::read(&stage.redis, 0, &days).await.unwrap())
}

/// Adds up rows: orders, completed, declined and cancelled; and the money by currency.
fn sums(rows: &[SalesRow]) -> ([i64; 4], BTreeMap<String, i64>) {
    let (mut counts, mut money) = ([0; 4], BTreeMap::new());
    for row in rows {
        for (sum, count) in counts.iter_mut().zip([row.orders, row.completed, row.declined, row.cancelled]) {
            *sum += count;
        }
        for (name, sums) in [("capture", &row.revenue), ("refund", &row.refunds)] {
            for sum in sums {
                *money.entry(format!("{name} {}", sum.currency)).or_default() += sum.amount;
            }
        }
    }
    (counts, money)
}

/// Adds up the captures and refunds in the ledger.
async fn booked(stage: &Stage) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for (_, entry) in ledger::list(&stage.redis, user(1), None, 1000).await.unwrap() {
        if matches!(entry.kind, TransactionType::Capture | TransactionType::Refund) {
            let Money { amount, currency } = entry.amount;
            *sums.entry(format!("{} {currency}", entry.kind.as_str())).or_default() += amount;
        }
    }
    sums
}

#[tokio::test]
async fn counters_add_up_to_the_ledger() {
    let stage = shop("sales").await;
    for key in ["sold", "sold too", "refunded"] {
        let order = stage.create(user(1), key, &request()).await.unwrap();
        let steps = way(&order);
        let order = walk(&stage, order, &steps).await;
        if key == "refunded" {
            stage.refund(&order, "r").await;
        }
    }
    let reasons = [
        Transition::refuse(Refusal::declined("card_declined")),
        Transition::refuse(Refusal::new(Code::PriceChanged, "payment_declined")),
        Transition::to(State::Cancelling),
    ];
    for (key, reason) in reasons.into_iter().enumerate() {
        let order = stage.create(user(1), &key.to_string(), &request()).await.unwrap();
        walk(&stage, order, &[reason, Transition::to(State::Cancelled)]).await;
    }
    let _pending = stage.create(user(1), "pending", &request()).await.unwrap();
    // A repeat counts nothing.
    let _again = stage.create(user(1), "pending", &request()).await.unwrap();

    let (counts, money) = sums(&read(&stage, ReportPeriod::Hour).await);
    assert_eq!(counts, [7, 3, 1, 2]);
    assert_eq!(money, booked(&stage).await);
    assert_eq!(money["capture USD"], 3000);
    assert_eq!(money["refund USD"], 500);
    assert_eq!(sums(&read(&stage, ReportPeriod::Day).await), (counts, money));
}

#[tokio::test]
async fn orders_of_an_earlier_service_are_counted() {
    let stage = shop("sales-earlier").await;
    let order = stage.create(user(1), "key", &request()).await.unwrap();
    let id = order.id.to_string();
    let ladder = ["accepted", "reserved", "authorized", "confirming", "confirmed", "completed"];
    for (at, states) in ladder.windows(2).enumerate() {
        let entries = if states[1] == "completed" { r#"["capture","999999999999","USD",""]"# } else { "[]" };
        let fields = r#"["amount","999999999999","currency","USD"]"#;
        let version = (at + 1).to_string();
        let step = ["FCALL", "pay1_advance", "1", "{pay}", &id, &version, states[0], states[1], "1000"];
        let _: redis::Value = stage.operate(&[&step[..], &[fields, entries]].concat()).await;
    }
    let (counts, money) = sums(&read(&stage, ReportPeriod::Day).await);
    assert_eq!(counts, [1, 1, 0, 0]);
    assert_eq!(money, BTreeMap::from([("capture USD".to_owned(), 999_999_999_999)]));
}

/// Lists these days, each with one order.
async fn sold_on(stage: &Stage, days: impl Iterator<Item = i64>) {
    for day in days.map(|day| day.to_string()) {
        let _: i64 = stage.operate(&["ZADD", "{pay}:sales", &day, &day]).await;
        let _: i64 = stage.operate(&["HSET", &format!("{{pay}}:sales:{day}"), "3:orders", "1"]).await;
    }
}

fn today() -> i64 {
    SystemClock.now().unix_timestamp() / 86_400
}

#[tokio::test]
async fn counters_are_kept_for_400_days() {
    let stage = shop("sales-old").await;
    let today = today();
    // A day of margin, in case it is midnight.
    let days = [today - 500, today - 401, today - 398, today - 1];
    sold_on(&stage, days.into_iter().chain(today - 397..today - 1)).await;
    let _order = stage.create(user(1), "key", &request()).await.unwrap();
    let mut left = Vec::new();
    for day in days {
        left.push(stage.operate::<i64>(&["EXISTS", &format!("{{pay}}:sales:{day}")]).await);
    }
    assert_eq!(left, [0, 1, 1, 1], "one day too many is listed");
    assert_eq!(stage.operate::<i64>(&["ZCARD", "{pay}:sales"]).await, 400);
}

#[tokio::test]
async fn clock_ahead_deletes_no_counters() {
    let stage = shop("sales-ahead").await;
    let today = today();
    sold_on(&stage, today - 1000..today - 700).await;
    let _order = stage.create(user(1), "key", &request()).await.unwrap();
    assert_eq!(stage.operate::<i64>(&["ZCARD", "{pay}:sales"]).await, 301);
    assert_eq!(stage.operate::<i64>(&["EXISTS", &format!("{{pay}}:sales:{}", today - 1000)]).await, 1);
}
