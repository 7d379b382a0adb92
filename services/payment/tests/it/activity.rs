//! The list of the latest orders shows each as its customer sees it, and nobody's data.

use estore_contract::{
    Code,
    activity::OrderActivity,
    payment::{OrderStatus, OrderStep},
};
use estore_payment::{
    Error,
    domain::State,
    domain::protocol::Transition,
    store::activity::{self, Latest},
};
use estore_server::epoch::StaleStore;
use futures::future::join_all;

use crate::{
    stage::{Stage, user},
    views::{request, shop, usd, walk, way},
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

async fn latest(stage: &Stage) -> Vec<OrderActivity> {
    activity::latest(&stage.redis, 0).await.unwrap()
}

#[tokio::test]
async fn latest_change_comes_first_with_its_steps() {
    let stage = shop("activity").await;
    assert_eq!(latest(&stage).await, []);
    let old = stage.create(user(1), "old", &request()).await.unwrap();
    stage.next_millisecond().await;
    let new = stage.create(user(1), "new", &request()).await.unwrap();
    stage.next_millisecond().await;
    let (first, second) = (old.id, new.id);
    let steps = way(&old);
    walk(&stage, old, &steps).await;
    let found = latest(&stage).await;
    assert_eq!(found.iter().map(|order| order.order_id).collect::<Vec<_>>(), [first, second]);
    let [old, new] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (old.status, old.state, old.total),
        (OrderStatus::Completed, OrderStep::Completed, Some(usd(1000)))
    );
    let states: Vec<OrderStep> = old.timeline.iter().map(|entry| entry.state).collect();
    assert_eq!(
        states,
        [OrderStep::Accepted, OrderStep::Reserved, OrderStep::Confirming, OrderStep::Completed]
    );
    assert_eq!((new.status, new.state, new.total), (OrderStatus::Pending, OrderStep::Accepted, None));
    assert_eq!((new.number, new.trace_id.as_deref()), (second.number(), None));
}

#[tokio::test]
async fn refunded_order_shows_its_trace_and_status() {
    let stage = shop("activity-refund").await;
    let order = stage.create(user(1), "one", &request()).await.unwrap();
    let steps = way(&order);
    let order = walk(&stage, order, &steps).await;
    let key = format!("{{pay}}:o:{}", order.id);
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let _: i64 = stage.operate(&["HSET", &key, "trace", &parent]).await;
    stage.refund(&order, "r").await;
    let found = latest(&stage).await;
    assert_eq!(found[0].status, OrderStatus::PartiallyRefunded);
    assert_eq!(found[0].trace_id.as_deref(), Some(TRACE));
    let text = serde_json::to_string(&found).unwrap();
    for private in [user(1).to_string(), "4242".to_owned(), "High".to_owned(), "KA7".to_owned()] {
        assert!(!text.contains(&private), "{private} is in {text}");
    }
}

#[tokio::test]
async fn open_order_shows_behind_fifty_newer_ones() {
    let stage = shop("activity-many").await;
    let stuck = stage.create(user(1), "stuck", &request()).await.unwrap();
    for number in 0..60_u32 {
        let order = stage.create(user(1), &number.to_string(), &request()).await.unwrap();
        let undo = [Transition::to(State::Cancelling), Transition::to(State::Cancelled)];
        walk(&stage, order, &undo).await;
    }
    let found = latest(&stage).await;
    assert_eq!(found.len(), 50);
    assert!(!found.iter().any(|order| order.order_id == stuck.id), "it changed before all others");
    stage.next_millisecond().await;
    let steps = way(&stuck);
    walk(&stage, stuck.clone(), &steps[..1]).await;
    let found = latest(&stage).await;
    assert_eq!((found[0].order_id, found[0].state), (stuck.id, OrderStep::Reserved));
}

#[tokio::test]
async fn stale_store_shows_no_activity() {
    let stage = shop("activity-stale").await;
    let refused = activity::latest(&stage.redis, 5).await.unwrap_err();
    assert!(matches!(refused, Error::StaleStore(StaleStore::Restored { found: 0, known: 5 })), "{refused:?}");
}

#[tokio::test]
async fn crowd_costs_one_read_of_the_store() {
    let stage = shop("activity-crowd").await;
    let order = stage.create(user(1), "one", &request()).await.unwrap();
    let _: String = stage.operate(&["CONFIG", "RESETSTAT"]).await;
    let latest = Latest::default();
    for found in join_all((0..100).map(|_| latest.read(&stage.redis, 0))).await {
        assert_eq!(found.unwrap()[0].order_id, order.id);
    }
    let said: String = stage.operate(&["INFO", "commandstats"]).await;
    assert!(said.contains("cmdstat_zrange:calls=2,"), "the two indexes, once: {said}");
    let refused = latest.read(&stage.redis, 5).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "the answer was for another epoch");
}
