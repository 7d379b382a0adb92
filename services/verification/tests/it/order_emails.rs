//! The emails about an order.

use estore_contract::{
    OrderId, PeerName, UserId, VerificationId,
    verification::{Locale, OrderEmail, Purpose, Verification, VerificationRequest},
};
use estore_verification::store::verifications::{self, NewMail};
use serde_json::{Map, Value};
use time::Duration;
use uuid::Uuid;

use crate::store::{NOW, Store, USER};

const ORDER: OrderId = OrderId(Uuid::from_u128(7));
const OTHER: OrderId = OrderId(Uuid::from_u128(8));
const STRANGER: UserId = UserId(Uuid::from_u128(9));

/// Requests an email about an order, `id` seconds after the others.
async fn request(store: &Store, id: u32, purpose: Purpose, order: OrderId, sample_version: Option<u32>) {
    let request = VerificationRequest {
        user_id: USER,
        email: None,
        purpose,
        data: Map::from_iter([("order_id".to_owned(), Value::from(order.to_string()))]),
        locale: Locale::En,
        idempotency_key: format!("{order}/{id}"),
    };
    let email = "ada@example.com".parse().unwrap();
    let mail =
        NewMail { id: VerificationId(Uuid::from_u128(100 + u128::from(id))), email, request, sample_version };
    let at = NOW + Duration::seconds(id.into());
    let _ids = verifications::accept(&store.pool, PeerName::Payment, &[mail], at).await.unwrap();
}

#[tokio::test]
async fn order_has_its_own_emails_alone() {
    let store = Store::start("order-emails").await;
    request(&store, 2, Purpose::OrderRefunded, ORDER, None).await;
    request(&store, 1, Purpose::OrderConfirmed, ORDER, None).await;
    request(&store, 3, Purpose::OrderConfirmed, OTHER, None).await;
    request(&store, 4, Purpose::OrderConfirmed, ORDER, Some(1)).await;
    let found = async |order, owner| verifications::of_order(&store.pool, order, owner).await.unwrap();
    let purposes = |mails: Vec<Verification>| mails.into_iter().map(|mail| mail.purpose).collect::<Vec<_>>();
    let both = [Purpose::OrderConfirmed, Purpose::OrderRefunded];
    assert_eq!(purposes(found(ORDER, Some(USER)).await), both);
    assert_eq!(purposes(found(ORDER, None).await), both);
    assert_eq!(purposes(found(OTHER, Some(USER)).await), [Purpose::OrderConfirmed]);
    assert!(found(ORDER, Some(STRANGER)).await.is_empty());
    let shown = OrderEmail::of(&found(ORDER, Some(USER)).await[0]);
    assert_eq!((shown.recipient.as_str(), shown.sent_at), ("a***@example.com", None));
}
