//! Closing an account on the real functions: the orders that are undone or go on, and the data that
//! is erased or stays.

use estore_base::seal::KeyRing;
use estore_contract::{
    Money, Quantity,
    payment::{OrderItem, OrderRequest},
};
use estore_payment::{
    Error,
    domain::{Order, State},
    store::{
        accounts::{Closing, close},
        mail,
        orders::{self, Work},
        refunds,
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

/// Returns a purchase that goes to Ada's home. Its total is the largest there is, which would not
/// survive a conversion to Lua's numbers.
fn request() -> OrderRequest {
    let address = json!({
        "line1": "12 St James's Square", "city": "London", "postal_code": "SW1Y 4LB", "country": "GB",
        "recipient": "Ada Lovelace",
    });
    OrderRequest {
        items: vec![OrderItem { sku: "MUG".parse().unwrap(), quantity: Quantity::new(2).unwrap() }],
        payment_method_id: method(1),
        expected_total: Some(Money::new(Money::MAX, "USD".parse().unwrap())),
        shipping_address: Some(serde_json::from_value(address).unwrap()),
    }
}

/// Starts a stage on which this user has a saved card.
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
async fn closing_undoes_early_orders_and_erases_final_ones() {
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
        // The caller that was working on it has lost it; the worker brings it to its end.
        assert!(orders::advance(&stage.redis, before, &step_on(before), LEASE).await.unwrap().is_err());
        assert!(work(&stage).await.contains(&before.id.to_string()));
    }
    // Due at once, except the one that goes on.
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

    // Nothing new begins, and existing data is still found.
    let refused = stage.create(user(1), "later", &request()).await.unwrap_err();
    assert!(matches!(refused, Error::Closed), "{refused}");
    let refused = stage.save(&keys(), user(1), method(2), Some("card")).await.unwrap_err();
    assert!(matches!(refused, Error::Closed), "{refused}");
    assert_eq!(stage.create(user(1), "sold", &request()).await.unwrap().id, sold.id);
    assert_eq!(close(&stage.redis, user(1), 500).await.unwrap(), DONE);

    // The request and its amounts stay, to the letter.
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

/// Returns the step that a caller working on the order would take next.
fn step_on(order: &Order) -> estore_payment::domain::protocol::Transition {
    let to = match order.state {
        State::Accepted => State::Reserved,
        State::Reserved => State::Authorized,
        _ => State::Confirming,
    };
    estore_payment::domain::protocol::Transition::to(to)
}

#[tokio::test]
async fn interrupted_closing_resumes() {
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
    // The last order that was examined is archived meanwhile, so closing begins again.
    let place: String = stage.operate(&["HGET", &format!("{{pay}}:u:{}:closed", user(1)), "place"]).await;
    let _: i64 = stage.operate(&["ZREM", &format!("{{pay}}:u:{}:orders", user(1)), &place]).await;
    assert_eq!([step().await, step().await, step().await, step().await], [more, more, more, DONE]);
    assert_eq!(erased().await, 7);
    assert_eq!(step().await, DONE);
    assert_eq!(close(&stage.redis, user(2), 2).await.unwrap(), DONE);
}

#[tokio::test]
async fn closed_account_gets_no_more_emails() {
    let stage = shop("closing-mail").await;
    let order = stage.create(user(1), "sold", &request()).await.unwrap();
    let order = stage.walk(stage.walk(order, &TO_CONFIRMING).await, &TO_COMPLETED).await;
    let key = format!("{{pay}}:o:{}", order.id);
    let _: i64 = stage.operate(&["HSET", &key, "amount", "1000", "currency", "USD"]).await;
    refund(&stage, &order, "before").await;
    let mails: i64 = stage.operate(&["ZCARD", "{pay}:mail"]).await;
    assert_eq!(mails, 2);
    // One of them is just being requested.
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

/// Refunds money of an order.
async fn refund(stage: &Stage, order: &Order, key: &str) {
    let (order, _) = refunds::list(&stage.redis, order.id).await.unwrap();
    stage.refund(&order, key).await;
    let claimed = orders::claim(&stage.redis, 10, LEASE).await.unwrap();
    assert!(claimed.iter().all(|work| matches!(work, Work::Refund(_))));
}
