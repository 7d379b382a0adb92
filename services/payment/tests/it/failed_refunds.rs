//! The list of refunds that failed and that nobody has seen to.

use std::time::Duration;

use estore_contract::OrderId;
use estore_payment::{
    domain::{Order, RefundStage, protocol::RefundTransition},
    store::{archive, mail, refunds},
};

use crate::{
    stage::{Stage, user},
    views::{request, shop, walk, way},
};

async fn sold(stage: &Stage, key: &str) -> Order {
    let order = stage.create(user(1), key, &request()).await.unwrap();
    let steps = way(&order);
    walk(stage, order, &steps).await
}

/// Requests a refund of an order, which fails.
async fn fail(stage: &Stage, order: OrderId, key: &str) {
    let (order, _) = refunds::list(&stage.redis, order).await.unwrap();
    let step = RefundTransition { to: RefundStage::Failed, failure: Some("expired_card".to_owned()) };
    stage.refund_to(&order, key, step).await;
}

/// Returns the orders and numbers of the refunds in the list.
async fn listed(stage: &Stage) -> Vec<(OrderId, u32)> {
    let found = refunds::failed(&stage.redis, None, 10).await.unwrap();
    found.into_iter().map(|(order, refund)| (order, refund.n)).collect()
}

#[tokio::test]
async fn failed_refund_is_listed_until_another_one() {
    let stage = shop("failed-refunds").await;
    let (one, two) = (sold(&stage, "one").await, sold(&stage, "two").await);
    assert_eq!(listed(&stage).await, []);
    fail(&stage, one.id, "first").await;
    stage.next_millisecond().await;
    fail(&stage, two.id, "first").await;
    assert_eq!(listed(&stage).await, [(two.id, 1), (one.id, 1)], "the newest comes first");
    let newest = refunds::failed(&stage.redis, None, 1).await.unwrap();
    assert_eq!((newest.len(), newest[0].1.failure.as_deref()), (1, Some("expired_card")));
    // Another one that fails takes its place, and one that is paid leaves none.
    fail(&stage, two.id, "second").await;
    assert_eq!(listed(&stage).await, [(two.id, 2), (one.id, 1)]);
    let (order, _) = refunds::list(&stage.redis, two.id).await.unwrap();
    stage.refund(&order, "third").await;
    assert_eq!(listed(&stage).await, [(one.id, 1)]);
}

#[tokio::test]
async fn archived_order_leaves_no_failed_refund() {
    let stage = shop("failed-archived").await;
    let order = sold(&stage, "one").await;
    fail(&stage, order.id, "first").await;
    mail::done(&stage.redis, &[&format!("{}/confirmed", order.id)]).await.unwrap();
    let _settled: i64 = stage.operate(&["ZREM", "{pay}:unsettled", &order.id.to_string()]).await;
    stage.next_millisecond().await;
    let part = archive::archivable(&stage.redis, Duration::ZERO, None, 10).await.unwrap();
    let [found] = part.orders.as_slice() else { panic!("one order at rest: {part:?}") };
    assert_eq!(found.order.order_id, order.id);
    assert!(archive::archive(&stage.redis, found.order).await.unwrap());
    assert_eq!(listed(&stage).await, []);
}

#[tokio::test]
async fn failed_refunds_are_listed_page_by_page() {
    let stage = shop("failed-pages").await;
    for key in ["one", "two", "three", "four", "five"] {
        let order = sold(&stage, key).await;
        fail(&stage, order.id, "first").await;
    }
    // Three of one millisecond.
    for (order, n) in &listed(&stage).await[1..4] {
        let time = "1764586000000";
        let (refund, name) = (format!("{{pay}}:o:{order}:r:{n}"), format!("{order}/{n}"));
        let _: i64 = stage.operate(&["ZADD", "{pay}:failed", time, &name]).await;
        let _: i64 = stage.operate(&["HSET", &refund, "updated_at", time]).await;
    }
    let all = listed(&stage).await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = refunds::failed(&stage.redis, after, 2).await.unwrap();
        let Some((order, refund)) = page.last() else { break };
        after = Some(refunds::failed_place(*order, refund));
        seen.extend(page.iter().map(|(order, refund)| (*order, refund.n)));
    }
    assert_eq!((seen.len(), seen), (5, all));
}
