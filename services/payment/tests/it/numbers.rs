//! Orders are found by number: new ones at once, those of an earlier version once they are indexed,
//! and archived ones no more.

use estore_contract::{OrderId, UserId, archive::ArchiveOrder, payment::OrderRequest};
use estore_payment::{
    domain::{Fingerprint, Order, State},
    store::{
        archive, details, numbers,
        orders::{self, Created, NewOrder},
    },
};
use uuid::Uuid;

use crate::{
    stage::{LEASE, Stage, user},
    views::{request, shop, walk, way},
};

async fn find(stage: &Stage, order: OrderId, user: Option<UserId>) -> Vec<OrderId> {
    numbers::find(&stage.redis, 0, order.number(), user).await.unwrap()
}

/// Creates an order with a chosen id.
async fn create(stage: &Stage, id: OrderId, request: &OrderRequest) -> Order {
    let new = NewOrder {
        id,
        user: user(1),
        request,
        fingerprint: &Fingerprint::of(request).unwrap(),
        lease: LEASE,
        most_open: (50, 10_000),
        cause: None,
    };
    let Created::New(order) = orders::create(&stage.redis, 0, &new).await.unwrap() else {
        panic!("a new order")
    };
    order
}

#[tokio::test]
async fn number_finds_the_orders_of_a_user() {
    let stage = shop("numbers").await;
    let mut all = Vec::new();
    for key in ["a", "b", "c"] {
        all.push(stage.create(user(1), key, &request()).await.unwrap().id);
    }
    for id in &all {
        assert_eq!(find(&stage, *id, Some(user(1))).await, [*id]);
        assert_eq!(find(&stage, *id, None).await, [*id]);
        assert!(find(&stage, *id, Some(user(2))).await.is_empty());
    }
    assert!(find(&stage, OrderId(Uuid::nil()), None).await.is_empty());
    // The last number, and another order of the same number.
    let [last, twin] = [u128::MAX, u128::MAX - 1].map(|id| OrderId(Uuid::from_u128(id)));
    for id in [last, twin] {
        create(&stage, id, &request()).await;
    }
    assert_eq!(find(&stage, last, None).await, [twin, last]);
}

/// Creates an order for each time (ms since 1970), and forgets the numbers of all.
async fn orders_created_at(stage: &Stage, times: &[i64]) -> Vec<OrderId> {
    let mut all = Vec::new();
    for (key, time) in times.iter().enumerate() {
        let id = stage.create(user(1), &key.to_string(), &request()).await.unwrap().id;
        let _: i64 = stage.operate(&["ZADD", "{pay}:orders", &time.to_string(), &id.to_string()]).await;
        all.push(id);
    }
    let _: i64 = stage.operate(&["DEL", "{pay}:numbers"]).await;
    all
}

/// Adds all orders to the index, and returns the number of steps.
async fn index(stage: &Stage, limit: usize) -> usize {
    let (mut place, mut steps) = (String::new(), 0);
    loop {
        place = numbers::index(&stage.redis, &place, limit).await.unwrap();
        steps += 1;
        if place.is_empty() {
            return steps;
        }
    }
}

#[tokio::test]
async fn orders_of_earlier_versions_are_indexed() {
    let stage = shop("numbers-before").await;
    let all = orders_created_at(&stage, &[1, 2, 3, 4, 5, 6, 7]).await;
    let new = stage.create(user(1), "new", &request()).await.unwrap().id;
    assert!(find(&stage, all[0], None).await.is_empty() && find(&stage, new, None).await == [new]);
    assert_eq!(index(&stage, 3).await, 4);
    for id in all {
        assert_eq!(find(&stage, id, Some(user(1))).await, [id]);
    }
    assert_eq!(index(&stage, 3).await, 1);
}

#[tokio::test]
async fn orders_of_one_millisecond_are_indexed_together() {
    let stage = shop("numbers-together").await;
    let all = orders_created_at(&stage, &[1, 2, 2, 2, 2, 2, 3]).await;
    index(&stage, 2).await;
    for id in all {
        assert_eq!(find(&stage, id, Some(user(1))).await, [id]);
    }
}

#[tokio::test]
async fn archived_order_has_no_number_any_more() {
    let stage = shop("numbers-archived").await;
    let order = stage.create(user(1), "a", &request()).await.unwrap();
    let steps = way(&order);
    let order = walk(&stage, order, &steps).await;
    for key in ["{pay}:unsettled", "{pay}:mail"] {
        let _: i64 = stage.operate(&["DEL", key]).await;
    }
    let place = ArchiveOrder { order_id: order.id, version: order.version, refund_version: 0 };
    stage.next_millisecond().await;
    assert!(archive::archive(&stage.redis, place).await.unwrap());
    assert!(find(&stage, order.id, None).await.is_empty());
    let left: (i64, i64) =
        (stage.operate(&["ZCARD", "{pay}:numbers"]).await, stage.operate(&["ZCARD", "{pay}:orders"]).await);
    assert_eq!(left, (0, 0));
}

#[tokio::test]
async fn details_have_each_step_of_the_order() {
    let stage = shop("timeline").await;
    let order = stage.create(user(1), "a", &request()).await.unwrap();
    let seen = async |order: &Order| {
        let found = details::read(&stage.redis, 0, order.id).await.unwrap();
        let json: serde_json::Value = serde_json::from_str(&found.json().unwrap()).unwrap();
        let steps = json["timeline"].as_array().unwrap().iter();
        let steps: Vec<String> = steps.map(|step| step["state"].as_str().unwrap().to_owned()).collect();
        assert_eq!(json["number"], order.id.number().to_string());
        assert_eq!(details::version(&stage.redis, order.id).await.unwrap(), Some(found.version()));
        (found.version(), found.is_final(), steps.join(" "))
    };
    assert_eq!(seen(&order).await, (1, false, "accepted".to_owned()));
    let steps = way(&order);
    let order = walk(&stage, order, &steps[..2]).await;
    assert_eq!(seen(&order).await, (3, false, "accepted reserved confirming".to_owned()));
    let order = walk(&stage, order, &steps[2..]).await;
    assert_eq!(seen(&order).await, (4, true, "accepted reserved confirming completed".to_owned()));
    let undone = stage.create(user(1), "b", &request()).await.unwrap();
    let undone = stage.walk(undone, &[State::Cancelling, State::Cancelled]).await;
    assert_eq!(seen(&undone).await, (3, true, "accepted cancelling cancelled".to_owned()));
    let missing = OrderId(Uuid::nil());
    assert!(details::read(&stage.redis, 0, missing).await.is_err());
    assert_eq!(details::version(&stage.redis, missing).await.unwrap(), None);
}
