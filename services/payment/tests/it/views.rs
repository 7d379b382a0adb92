//! Clients and callers see orders as the store has them, and a stale store shows none.

use estore_base::seal::KeyRing;
use estore_contract::{
    Money, Quantity,
    payment::{OrderItem, OrderRequest, OrderStatus, TransactionType as Kind},
};
use estore_payment::{
    Error,
    domain::{Fingerprint, Order, PricedLine, Refusal, State, protocol::Transition},
    store::{
        details,
        listed::{self, Listed, Wanted},
        orders,
    },
};
use estore_server::epoch::StaleStore;
use secrecy::SecretString;
use serde_json::json;

use crate::stage::{LEASE, Stage, method, user};

pub(crate) fn usd(amount: i64) -> Money {
    Money::new(amount, "USD".parse().unwrap())
}

pub(crate) fn request() -> OrderRequest {
    let address =
        json!({"line1": "1 High \"Street\"", "city": "Ayr", "postal_code": "KA7 1AA", "country": "GB"});
    OrderRequest {
        items: vec![OrderItem { sku: "MUG".parse().unwrap(), quantity: Quantity::new(2).unwrap() }],
        payment_method_id: method(1),
        expected_total: None,
        shipping_address: Some(serde_json::from_value(address).unwrap()),
    }
}

pub(crate) async fn shop(name: &str) -> Stage {
    let stage = Stage::start(name).await;
    let keys = SecretString::from("k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    stage.save(&KeyRing::parse("CARD_KEYS", &keys).unwrap(), user(1), method(1), None).await.unwrap();
    stage
}

pub(crate) fn way(order: &Order) -> [Transition; 3] {
    let line = PricedLine {
        sku: "MUG".parse().unwrap(),
        name: "Mug \"/\\\n".to_owned(),
        quantity: 2,
        unit_price: usd(500),
        line_total: usd(1000),
    };
    let deadline = i64::try_from(order.created_at.unix_timestamp_nanos() / 1_000_000).unwrap() + 120_000;
    let priced = Some((vec![line], usd(1000), deadline));
    [
        Transition { priced, payment: Some("p".to_owned()), ..Transition::to(State::Reserved) },
        Transition::to(State::Confirming).entry(Kind::Authorization, usd(1000), None),
        Transition::to(State::Completed).entry(Kind::Capture, usd(1000), None),
    ]
}

/// Moves an order on. Checks that the moved order equals the stored one, except for the time.
pub(crate) async fn walk(stage: &Stage, mut order: Order, steps: &[Transition]) -> Order {
    for step in steps {
        let moved = orders::advance(&stage.redis, &order, step, LEASE).await.unwrap().unwrap();
        order = moved.order;
        assert_eq!(moved.card.is_some(), step.payment.is_some());
        assert!(moved.card.is_none_or(|card| card.unwrap().id == method(1)));
        let read = Order { now: order.now, ..stage.read(&order).await };
        assert_eq!(format!("{order:?}"), format!("{read:?}"));
    }
    order
}

fn shown(listed: &Listed) -> String {
    let mut json = String::new();
    listed.write(&mut json).unwrap();
    json
}

async fn expected(stage: &Stage, order: &Order) -> String {
    serde_json::to_string(&stage.read(order).await.view()).unwrap()
}

#[tokio::test]
async fn listed_order_is_what_its_fields_say() {
    let stage = shop("views").await;
    let mut all = Vec::new();
    for (key, steps) in [("pending", 2), ("sold", 3), ("refunded", 3)] {
        let order = stage.create(user(1), key, &request()).await.unwrap();
        let steps = &way(&order)[..steps];
        all.push(walk(&stage, order, steps).await);
    }
    stage.refund(&all[2], "r").await;
    let order = stage.create(user(1), "cancelled", &request()).await.unwrap();
    let undo = [Transition::refuse(Refusal::declined("card_declined")), Transition::to(State::Cancelled)];
    all.push(walk(&stage, order, &undo).await);
    // A service of an earlier version ended this order: it has no view.
    let order = stage.create(user(1), "earlier", &request()).await.unwrap();
    let id = order.id.to_string();
    for (version, from, to) in [("1", "accepted", "cancelling"), ("2", "cancelling", "cancelled")] {
        let step = ["FCALL", "pay1_advance", "1", "{pay}", &id, version, from, to, "1000", "[]", "[]"];
        let _: redis::Value = stage.operate(&step).await;
    }
    all.push(order);

    let by = async |status, after, limit| {
        let wanted = Wanted { user: Some(user(1)), status, after, ..Wanted::default() };
        listed::list(&stage.redis, 0, &wanted, limit).await.unwrap()
    };
    let (found, place) = by(None, None, 10).await;
    let mut wanted = Vec::new();
    for order in &all {
        wanted.push(expected(&stage, order).await);
        let one = details::read(&stage.redis, 0, order.id).await.unwrap().order;
        assert_eq!((shown(&one), one.user().unwrap()), (expected(&stage, order).await, user(1)));
    }
    let kinds: Vec<bool> = found.iter().map(|one| matches!(one, Listed::Shown(..))).collect();
    assert_eq!((kinds.iter().filter(|shown| **shown).count(), place), (3, None));
    let mut texts: Vec<String> = found.iter().map(shown).collect();
    let newest_first = texts.clone();
    texts.sort();
    wanted.sort();
    assert_eq!(texts, wanted);
    // The list page by page, then for all users, then by status.
    let (mut after, mut pages) = (None, Vec::new());
    loop {
        let (page, place) = by(None, after, 2).await;
        pages.extend(page.iter().map(shown));
        after = place;
        if place.is_none() {
            break;
        }
    }
    assert_eq!(pages, newest_first);
    let (everybodys, _) = listed::list(&stage.redis, 0, &Wanted::default(), 10).await.unwrap();
    assert_eq!(everybodys.iter().map(shown).collect::<Vec<_>>(), newest_first);
    for (status, count) in [
        (OrderStatus::Pending, 1),
        (OrderStatus::Completed, 1),
        (OrderStatus::PartiallyRefunded, 1),
        (OrderStatus::Cancelled, 2),
        (OrderStatus::Refunded, 0),
    ] {
        let (found, place) = by(Some(status), None, 10).await;
        assert_eq!((found.len(), place), (count, None), "{status:?}");
    }
    let (found, place) = by(Some(OrderStatus::Cancelled), None, 1).await;
    assert!(found.len() == 1 && place.is_some());
}

#[tokio::test]
async fn undone_order_shows_its_refunds() {
    let stage = shop("undone").await;
    let order = stage.create(user(1), "key", &request()).await.unwrap();
    let [reserve, confirm, _] = way(&order);
    // The void finds a capture. A restore took back a refund of 300, and the rest was refunded now.
    let undo = Transition::to(State::Cancelled)
        .entry(Kind::Capture, usd(1000), None)
        .entry(Kind::Refund, usd(300), Some(1))
        .entry(Kind::Refund, usd(700), Some(0));
    let steps = [reserve, confirm, Transition::refuse(Refusal::timed_out()), undo];
    let order = walk(&stage, order, &steps).await;
    assert_eq!(order.refunded, 1000);
    let listed = details::read(&stage.redis, 0, order.id).await.unwrap().order;
    assert!(matches!(listed, Listed::Shown(..)));
    assert_eq!(shown(&listed), expected(&stage, &order).await);
}

#[tokio::test]
async fn older_store_does_nothing() {
    let stage = shop("older").await;
    let _: String = stage.operate(&["SET", "{pay}:epoch", "4"]).await;
    let before = stage.dump().await;
    let request = request();
    let new = orders::NewOrder {
        id: estore_contract::OrderId::of(user(1), "key"),
        user: user(1),
        request: &request,
        fingerprint: &Fingerprint::of(&request).unwrap(),
        lease: LEASE,
        most_open: (50, 10_000),
        cause: None,
    };
    let refused =
        |error: Error| matches!(error, Error::StaleStore(StaleStore::Restored { found: 4, known: 5 }));
    assert!(refused(orders::create(&stage.redis, 5, &new).await.unwrap_err()));
    assert!(refused(details::read(&stage.redis, 5, new.id).await.unwrap_err()));
    assert!(refused(listed::list(&stage.redis, 5, &Wanted::default(), 10).await.unwrap_err()));
    for status in [None, Some(OrderStatus::Completed)] {
        let wanted = Wanted { status, after: Some(new.id), ..Wanted::default() };
        assert!(refused(listed::list(&stage.redis, 5, &wanted, 10).await.unwrap_err()));
    }
    assert_eq!(stage.dump().await, before);
    assert!(matches!(orders::create(&stage.redis, 4, &new).await, Ok(orders::Created::New(_))));
}

#[tokio::test]
async fn lease_is_renewed_after_half_of_it() {
    let stage = shop("lease").await;
    let order = stage.create(user(1), "key", &request()).await.unwrap();
    let key = format!("{{pay}}:o:{}", order.id);
    let due = async || -> i64 { stage.operate(&["ZSCORE", "{pay}:work", &order.id.to_string()]).await };
    let first = due().await;
    let [reserve, confirm, _] = way(&order);
    let order = walk(&stage, order.clone(), &[reserve]).await;
    assert_eq!(due().await, first);
    // Back-dates the order by 400 s.
    let _: i64 = stage.operate(&["HINCRBY", &key, "created_at", "-400000"]).await;
    let order = Order { created_at: order.created_at - time::Duration::seconds(400), ..order };
    walk(&stage, order, &[confirm]).await;
    assert!(due().await > first);
}
