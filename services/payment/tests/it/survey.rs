//! The survey for operators counts the orders and emails that the store has, and reads the result
//! of the last audit.

use std::{collections::BTreeMap, time::Duration};

use estore_base::seal::KeyRing;
use estore_contract::{
    Quantity,
    audit::{AuditReport, Checked},
    payment::{OrderItem, OrderRequest},
};
use estore_payment::{
    domain::State,
    store::{audit, survey::survey},
};
use secrecy::SecretString;
use time::OffsetDateTime;

use crate::{
    stage::{Stage, method, user},
    views::{request, shop, walk, way},
};

#[tokio::test]
async fn last_audit_is_read_of_twenty_kept() {
    let stage = Stage::start("audits").await;
    assert_eq!(audit::last(&stage.redis).await.unwrap(), None);
    let mut report = AuditReport {
        started_at: OffsetDateTime::UNIX_EPOCH,
        finished_at: OffsetDateTime::UNIX_EPOCH,
        took_ms: 0,
        next_within_seconds: None,
        checked: Checked::default(),
        read_again: 0,
        equations: Vec::new(),
        remarks: Vec::new(),
    };
    for orders in 1..=21 {
        report.checked.orders = orders;
        let json = serde_json::to_string(&report).unwrap();
        let call = ["FCALL", "pay1_audit_done", "1", "{pay}:audit", &json];
        assert_eq!(stage.operate::<String>(&call).await, "kept");
    }
    let refused = ["FCALL", "pay1_audit_done", "1", "{pay}:audit", "no JSON"];
    assert_eq!(stage.operate::<String>(&refused).await, "no_report");
    assert_eq!(audit::last(&stage.redis).await.unwrap(), Some(report));
    assert_eq!(stage.operate::<u64>(&["LLEN", "{pay}:audit"]).await, 20);
}

#[tokio::test]
async fn survey_counts_open_orders_and_waiting_emails() {
    let stage = Stage::start("survey").await;
    let keys = SecretString::from("k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let keys = KeyRing::parse("CARD_KEYS", &keys).unwrap();
    stage.save(&keys, user(1), method(1), None).await.unwrap();
    let none = survey(&stage.redis).await.unwrap();
    assert_eq!(
        (none.oldest, none.refunds, none.oldest_refund, none.mails.depth, none.mails.oldest),
        (Duration::ZERO, 0, Duration::ZERO, 0, None)
    );
    assert!(none.open.values().all(|count| *count == 0), "{none:?}");

    let request = OrderRequest {
        items: vec![OrderItem { sku: "MUG".parse().unwrap(), quantity: Quantity::new(1).unwrap() }],
        payment_method_id: method(1),
        expected_total: None,
        shipping_address: None,
    };
    let way = [State::Reserved, State::Authorized, State::Confirming, State::Confirmed, State::Completed];
    let mut first = None;
    for (n, steps) in [0, 1, 1, 5].into_iter().enumerate() {
        let order = stage.create(user(1), &n.to_string(), &request).await.unwrap();
        first.get_or_insert(order.created_at);
        let order = stage.walk(order, &way[..steps]).await;
        assert_eq!(order.state.is_final(), steps == 5);
    }
    let found = survey(&stage.redis).await.unwrap();
    let count = |state: &str, count| (state.to_owned(), count);
    assert_eq!(found.open, BTreeMap::from([count("accepted", 1), count("reserved", 2), count("other", 0)]));
    assert_eq!(Some(found.now - found.oldest), first, "the first that came is the oldest");
    assert_eq!(found.mails.depth, 1);
    assert!(found.mails.oldest.is_some_and(|oldest| oldest >= first.unwrap() && oldest <= found.now));
}

#[tokio::test]
async fn survey_finds_the_oldest_refund() {
    let stage = shop("survey-refunds").await;
    for key in ["old", "new"] {
        let order = stage.create(user(1), key, &request()).await.unwrap();
        let steps = way(&order);
        let order = walk(&stage, order, &steps).await;
        stage.refund(&order, "r").await;
        if key == "old" {
            let hour_ago = (order.created_at - time::Duration::HOUR).unix_timestamp() * 1000;
            let refund = format!("{{pay}}:o:{}:r:1", order.id);
            let _: i64 = stage.operate(&["HSET", &refund, "created_at", &hour_ago.to_string()]).await;
        }
    }
    let found = survey(&stage.redis).await.unwrap();
    assert_eq!(found.refunds, 2);
    assert!(found.oldest_refund >= Duration::from_hours(1), "{found:?}");
}
