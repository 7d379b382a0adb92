//! The report on sales agrees with the orders of a shop, and with its ledger.

use std::{collections::BTreeMap, time::Duration};

use estore_contract::{
    Page,
    payment::{Order, Transaction, TransactionType},
    sales::{SalesReport, SalesRow},
};
use estore_testbed::{ServiceName::Payment, Shop};
use estore_tests::{Access, Answer, CARD, Customer, access, directory, is_given, options};
use reqwest::Method;
use serde_json::json;

const DAY: Duration = Duration::from_hours(24);

/// Returns the report on the day before an order and the day after it.
async fn report(admin: &Customer, order: &Order, by: &str) -> SalesReport {
    let time = |created_at| json!(Order { created_at, ..order.clone() })["created_at"].clone();
    let (from, to) = (time(order.created_at - DAY), time(order.created_at + DAY));
    let path = format!("/reports/sales?from={from}&to={to}&by={by}").replace('"', "");
    admin.get(Payment, &path).await.expect(200).json()
}

/// Adds up a counter over all rows.
fn sum(rows: &[SalesRow], counter: impl Fn(&SalesRow) -> i64) -> i64 {
    rows.iter().map(counter).sum()
}

#[tokio::test]
async fn report_adds_up_to_the_ledger() {
    if is_given() {
        return;
    }
    let directory = directory("sales");
    Shop::erase(&directory).unwrap();
    let mut shop = Shop::start(options(directory, &[])).await.unwrap();
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let (sku, card) = (admin.add_product(3, 1999).await, customer.save_card(CARD).await);
    let declined = customer.save_card("4000000000000002").await;
    let sold: Order = customer.order("sold", card, &sku, 2).await.expect(201).json();
    let _more = customer.order("more", card, &sku, 1).await.expect(201);
    let _declined = customer.order("declined", declined, "MUG-ENAMEL-01", 1).await.expect(402);
    let _short = customer.order("short", card, &sku, 1).await.expect(409);
    let path = format!("/orders/{}/refunds", sold.id);
    let refund = admin.request(Method::POST, Payment, &path).header("Idempotency-Key", "r");
    let refund = refund.json(&json!({"items": [{"sku": sku, "quantity": 1}]}));
    let _refunded = Answer::of(refund).await.expect(201);

    let ledger: Page<Transaction> = customer.get(Payment, "/transactions?limit=100").await.expect(200).json();
    let mut booked = BTreeMap::new();
    for entry in &ledger.items {
        *booked.entry(entry.kind.as_str()).or_insert(0) += entry.amount.amount;
    }
    for (by, count) in [("hour", 48..=49), ("day", 2..=3)] {
        let found = report(&admin, &sold, by).await;
        let rows = &found.items;
        assert!(found.by.as_str() == by && count.contains(&rows.len()), "{by}: {}", rows.len());
        assert!(rows.is_sorted_by(|one, other| one.at < other.at));
        let counts = [
            sum(rows, |row| row.orders),
            sum(rows, |row| row.completed),
            sum(rows, |row| row.declined),
            sum(rows, |row| row.cancelled),
        ];
        // Out of stock is one of the other reasons.
        assert_eq!(counts, [4, 2, 1, 1], "{rows:?}");
        let money = |sums: &[estore_contract::sales::MoneySum]| {
            assert!(sums.iter().all(|sum| sum.currency.code() == "USD"));
            sums.iter().map(|sum| sum.amount).sum::<i64>()
        };
        assert_eq!(sum(rows, |row| money(&row.revenue)), booked[TransactionType::Capture.as_str()]);
        assert_eq!(sum(rows, |row| money(&row.refunds)), booked[TransactionType::Refund.as_str()]);
        let empty = rows.first().unwrap();
        assert!(empty.orders == 0 && empty.revenue.is_empty() && empty.refunds.is_empty());
    }
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn report_is_bounded_and_for_admins_only() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let (first, last) = ("from=2024-01-01T00:00:00Z", "to=2026-03-11T00:00:00Z");
    let found = admin.get(Payment, &format!("/reports/sales?{first}&{last}")).await.expect(200);
    assert_eq!(found.json::<SalesReport>().items.len(), 800);
    for (query, field) in [
        (format!("{first}&to=2026-03-11T00:00:01Z"), "from"),
        (format!("{first}&{last}&by=hour"), "from"),
        (format!("{first}&to=2024-01-01T00:00:00Z"), "to"),
        (format!("{first}&{last}&by=week"), "by"),
        (format!("from=today&{last}"), "from"),
        (first.to_owned(), "to"),
    ] {
        let refused = admin.get(Payment, &format!("/reports/sales?{query}")).await;
        assert_eq!(refused.refused(422, "validation_error").details[0].field, field, "{query}");
    }
    let path = format!("/reports/sales?{first}&{last}");
    let _forbidden = customer.get(Payment, &path).await.refused(403, "forbidden");
}
