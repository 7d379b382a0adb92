//! Closing an account, on the real functions: what is undone, what goes on, what is erased, and what stays.

use std::collections::BTreeMap;

use estore_contract::{
    Money, Quantity,
    payment::{OrderItem, OrderRequest},
};
use estore_kit::seal::KeyRing;
use estore_payment::{
    Error,
    domain::{Fingerprint, Order, RefundStage, State, protocol::RefundMove},
    store::{
        accounts::{Closing, close},
        mail,
        orders::{self, Work},
        refunds::{self, NewRefund, Requested},
    },
};
use secrecy::SecretString;
use serde_json::json;

use crate::stage::{LEASE, Stage, method, user};

const TO_CONFIRMING: [State; 3] = [State::Reserved, State::Authorized, State::Confirming];
const TO_COMPLETED: [State; 2] = [State::Confirmed, State::Completed];
const DONE: Closing = Closing { more: false, undone: 0 };

fn keys() -> KeyRing {
    let keys = SecretString::from("k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    KeyRing::parse("CARD_KEYS", &keys).unwrap()
}

/// A purchase that goes to Ada's home; the largest total there is, which would not survive a way through Lua's numbers.
fn request() -> OrderRequest {
    let address = json!({"line1": "12 St James's Square", "city": "London", "postal_code": "SW1Y 4LB", "country": "GB"});
    OrderRequest {
        items: vec![OrderItem { sku: "MUG".parse().unwrap(), quantity: Quantity::new(2).unwrap() }],
        payment_method_id: method(1),
        expected_total: Some(Money::new(Money::MAX, "USD".parse().unwrap())),
        shipping_address: Some(serde_json::from_value(address).unwrap()),
    }
}

/// A shop in which this user has a card.
async fn shop(name: &str) -> Stage {
    let stage = Stage::start(name).await;
    assert!(stage.save(&keys(), user(1), method(1), Some("card")).await.unwrap().is_none());
    stage
}

async fn is_erased(stage: &Stage, order: &Order) -> bool {
    let key = format!("{{pay}}:o:{}", order.id);
    let told: Vec<Option<String>> = stage.operate(&["HMGET", &key, "email", "locale", "name"]).await;
    told == [None, None, None] && order.request.shipping_address.is_none()
}

async fn work(stage: &Stage) -> Vec<String> {
    stage.operate(&["ZRANGE", "{pay}:work", "0", "-1"]).await
}

#[tokio::test]
async fn what_is_not_being_completed_is_undone_and_the_rest_finishes_and_is_then_erased() {
    let stage = shop("closing").await;
    let mut under_way = Vec::new();
    for steps in 0..=3 {
        let order = stage.create(user(1), &format!("{steps}"), &request()).await.unwrap();
        under_way.push(stage.walk(order, &TO_CONFIRMING[..steps]).await);
    }
    let sold = stage.create(user(1), "sold", &request()).await.unwrap();
    let sold = stage.walk(stage.walk(sold, &TO_CONFIRMING).await, &TO_COMPLETED).await;
    let confirming = under_way.pop().unwrap();
    assert!(!is_erased(&stage, &sold).await && !is_erased(&stage, &confirming).await);

    assert_eq!(close(&stage.redis, user(1), 500).await.unwrap(), Closing { more: false, undone: 3 });
    let cards: i64 = stage.operate(&["EXISTS", &format!("{{pay}}:m:{}", method(1))]).await;
    assert_eq!(cards, 0);
    for before in &under_way {
        let now = stage.read(before).await;
        assert_eq!((now.state, now.version), (State::Cancelling, before.version + 1));
        let log: Vec<String> =
            stage.operate(&["LRANGE", &format!("{{pay}}:o:{}:log", before.id), "-1", "-1"]).await;
        let step = format!("{} {} cancelling ", now.version, before.state.as_str());
        assert!(log[0].starts_with(&step), "{log:?}");
        // Whoever was at it has lost it; whoever takes it up brings it to its end.
        assert!(orders::advance(&stage.redis, before, &step_on(before), LEASE).await.unwrap().is_err());
        assert!(work(&stage).await.contains(&before.id.to_string()));
    }
    // Due at once, but for the one that goes on.
    assert_eq!(orders::claim(&stage.redis, 10, LEASE).await.unwrap().len(), 3);
    for before in &under_way {
        stage.walk(stage.read(before).await, &[State::Cancelled]).await;
        let ended = stage.read(before).await;
        assert!(is_erased(&stage, &ended).await && ended.version == before.version + 2);
    }
    let still = stage.read(&confirming).await;
    assert_eq!((still.state, still.version), (State::Confirming, confirming.version));
    let still = stage.walk(still, &TO_COMPLETED).await;
    assert!(is_erased(&stage, &stage.read(&still).await).await && work(&stage).await.is_empty());
    assert!(mail::claim(&stage.redis, 10, LEASE).await.unwrap().is_empty(), "nobody is told any more");

    // Nothing is begun; what is there is found.
    let refused = stage.create(user(1), "later", &request()).await.unwrap_err();
    assert!(matches!(refused, Error::Closed), "{refused}");
    let refused = stage.save(&keys(), user(1), method(2), Some("card")).await.unwrap_err();
    assert!(matches!(refused, Error::Closed), "{refused}");
    assert_eq!(stage.create(user(1), "sold", &request()).await.unwrap().id, sold.id);
    assert_eq!(close(&stage.redis, user(1), 500).await.unwrap(), DONE);

    // What stays is what was asked for and for how much, to the letter.
    let key = format!("{{pay}}:o:{}", sold.id);
    let told: Vec<Option<String>> =
        stage.operate(&["HMGET", &key, "email", "locale", "name", "fingerprint"]).await;
    assert_eq!(told, [None, None, None, None]);
    let kept: String = stage.operate(&["HGET", &key, "request"]).await;
    let bare = OrderRequest { shipping_address: None, ..request() };
    assert_eq!(kept, serde_json::to_string(&bare).unwrap());
    for (key, value) in stage.dump().await {
        for personal in ["ada@", "Ada", "Square", "SW1Y", "London", "visa.", "k1."] {
            assert!(!value.contains(personal), "{personal} in {key}: {value}");
        }
        assert!(!key.contains(":m:") && !key.ends_with(":records") && !key.ends_with(":keys"), "{key}");
    }
}

/// What whoever was at an order would have done next.
fn step_on(order: &Order) -> estore_payment::domain::protocol::Move {
    let to = match order.state {
        State::Accepted => State::Reserved,
        State::Reserved => State::Authorized,
        _ => State::Confirming,
    };
    estore_payment::domain::protocol::Move::to(to)
}

#[tokio::test]
async fn it_goes_on_where_it_was_cut_short_and_anybody_may_be_closed() {
    let stage = shop("closing-parts").await;
    let mut orders = Vec::new();
    for n in 0..7 {
        let order = stage.create(user(1), &n.to_string(), &request()).await.unwrap();
        orders.push(stage.walk(order, &[State::Cancelling, State::Cancelled]).await);
    }
    for order in &orders {
        assert!(!is_erased(&stage, order).await);
    }
    let erased = async || {
        let mut count = 0;
        for order in &orders {
            count += usize::from(is_erased(&stage, &stage.read(order).await).await);
        }
        count
    };
    let more = Closing { more: true, undone: 0 };
    let step = async || close(&stage.redis, user(1), 2).await.unwrap();
    assert_eq!((step().await, erased().await), (more, 2));
    assert_eq!((step().await, erased().await), (more, 4));
    // The last one that was looked at is archived meanwhile: it begins again.
    let place: String = stage.operate(&["HGET", &format!("{{pay}}:u:{}:closed", user(1)), "place"]).await;
    let _: i64 = stage.operate(&["ZREM", &format!("{{pay}}:u:{}:orders", user(1)), &place]).await;
    assert_eq!([step().await, step().await, step().await, step().await], [more, more, more, DONE]);
    assert_eq!(erased().await, 7);
    assert_eq!(step().await, DONE);
    assert_eq!(close(&stage.redis, user(2), 2).await.unwrap(), DONE);
}

#[tokio::test]
async fn a_mail_that_waits_is_not_asked_for_and_a_later_refund_makes_none() {
    let stage = shop("closing-mail").await;
    let order = stage.create(user(1), "sold", &request()).await.unwrap();
    let order = stage.walk(stage.walk(order, &TO_CONFIRMING).await, &TO_COMPLETED).await;
    let key = format!("{{pay}}:o:{}", order.id);
    let _: i64 = stage.operate(&["HSET", &key, "amount", "1000", "currency", "USD"]).await;
    refund(&stage, &order, "before").await;
    let mails: i64 = stage.operate(&["ZCARD", "{pay}:mail"]).await;
    assert_eq!(mails, 2);
    // One of them is just being asked for.
    assert_eq!(mail::claim(&stage.redis, 1, LEASE).await.unwrap().len(), 1);
    assert_eq!(close(&stage.redis, user(1), 500).await.unwrap(), DONE);
    mail::done(&stage.redis, &[&format!("{}/confirmed", order.id)]).await.unwrap();
    refund(&stage, &order, "after").await;
    let left: Vec<i64> = vec![
        stage.operate(&["ZCARD", "{pay}:mail"]).await,
        stage.operate(&["HLEN", "{pay}:mail:tries"]).await,
    ];
    assert_eq!(left, [0, 0]);
    let ledger: i64 = stage.operate(&["XLEN", &format!("{{pay}}:u:{}:ledger", user(1))]).await;
    assert_eq!(ledger, 2, "the books go on");
}

/// Money of an order goes back.
async fn refund(stage: &Stage, order: &Order, key: &str) {
    let (order, _) = refunds::list(&stage.redis, order.id).await.unwrap();
    let new = NewRefund {
        order: &order,
        key,
        fingerprint: &Fingerprint(key.to_owned()),
        lines: &BTreeMap::from([("MUG".parse().unwrap(), 1)]),
        amount: Money::new(500, "USD".parse().unwrap()),
        restock: false,
        reason: None,
        lease: LEASE,
        cause: None,
    };
    let Requested::New(both) = refunds::request(&stage.redis, &new).await.unwrap() else {
        panic!("a refund")
    };
    let step = RefundMove { to: RefundStage::Paid, failure: None };
    assert!(refunds::advance(&stage.redis, order.id, &both.1, &step, LEASE).await.unwrap().0);
    let claimed = orders::claim(&stage.redis, 10, LEASE).await.unwrap();
    assert!(claimed.iter().all(|work| matches!(work, Work::Refund(_))));
}
