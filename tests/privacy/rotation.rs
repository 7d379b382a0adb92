//! Card keys are rotated while customers order, and the old key is removed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use estore_contract::payment::PaymentMethod;
use estore_testbed::{ServiceName::Payment, Shop};
use estore_tests::{Access, Answer, CARD, Customer, Method, unique};
use futures::{future::join_all, join};
use serde_json::json;

use super::stand::{Store, restart, start};

const K2: &str = "k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const OTHER: &str = "5555555555554444";
const SKU: &str = "MUG-ENAMEL-01";

async fn save(customer: &Customer, key: &str, number: &str) -> Answer {
    let body = json!({"payment_type": "Card", "details": {"card_number": number, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"}});
    let request = customer.request(Method::POST, Payment, "/payment-methods").header("Idempotency-Key", key);
    Answer::of(request.json(&body)).await
}

/// Orders with this card until `enough` is set.
async fn shopping(customer: &Customer, card: &PaymentMethod, enough: &AtomicBool, done: &AtomicUsize) {
    while !enough.load(Ordering::Relaxed) {
        let order = customer.order(&unique(), card.id, SKU, 1).await;
        assert!(matches!(order.status, 201 | 202), "{}", order.text);
        let fresh: PaymentMethod = save(customer, &unique(), CARD).await.expect(201).json();
        let _gone =
            Answer::of(customer.request(Method::DELETE, Payment, &format!("/payment-methods/{}", fresh.id)))
                .await
                .expect(204);
        done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Rotates the keys while customers order.
async fn rotate(shop: &Shop, people: &[(Customer, PaymentMethod)]) -> String {
    let (enough, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    let buying = join_all(people.iter().map(|(customer, card)| shopping(customer, card, &enough, &done)));
    let rotating = async {
        let killed =
            shop.bootstrap_with(&["rotate-cards"], &[("FAIL_POINT", "bootstrap.rotate_cards.part")]).await;
        let said = shop.bootstrap_with(&["rotate-cards"], &[]).await;
        enough.store(true, Ordering::Relaxed);
        (killed.is_err(), said.unwrap())
    };
    let (_, (killed, said)) = join!(buying, rotating);
    assert!(killed && done.into_inner() > 0);
    said
}

#[tokio::test]
async fn rotated_cards_decrypt_without_the_old_key() {
    let mut shop = start("rotation").await;
    let access = Access::to(&shop);
    let mut people = Vec::new();
    for _ in 0..3 {
        let customer = Customer::register(&access, &shop.mailbox).await;
        let card: PaymentMethod = save(&customer, "first", CARD).await.expect(201).json();
        people.push((customer, card));
    }
    let (ada, card) = people[0].clone();
    let erased: PaymentMethod = save(&ada, "erased", OTHER).await.expect(201).json();
    let path = format!("/payment-methods/{}", erased.id);
    let _gone = Answer::of(ada.request(Method::DELETE, Payment, &path)).await.expect(204);
    let store = Store::open(&shop).await;
    let under_old = async || store.holding(&["\"k1.", "\"k1\""]).await.len();
    assert!(under_old().await >= 6, "cards and records are under the old key");

    // The new key goes in front of the old one.
    let k1 = shop.environment(Payment)["CARD_KEYS"].clone();
    restart(&mut shop, &[("CARD_KEYS", &format!("{K2},{k1}"))]).await;
    assert_eq!(save(&ada, "first", CARD).await.expect(201).header("idempotent-replayed"), "true");
    let said = rotate(&shop, &people).await;
    assert!(
        said.ends_with("everything is encrypted under k2: the keys behind it in CARD_KEYS can be removed"),
        "{said}"
    );
    assert_eq!(under_old().await, 0);

    // The old key is gone: every card decrypts, and repeated requests are recognized as before.
    restart(&mut shop, &[("CARD_KEYS", K2)]).await;
    for (customer, card) in &people {
        let _bought = customer.order("afterwards", card.id, SKU, 1).await.expect(201);
        let again = save(customer, "first", CARD).await.expect(201);
        assert_eq!(
            (again.header("idempotent-replayed"), again.json::<PaymentMethod>()),
            ("true", card.clone())
        );
        let _other = save(customer, "first", OTHER).await.refused(422, "idempotency_key_reused");
    }
    // Nothing was left of an erased card that the rotation could renew.
    assert_eq!(save(&ada, "erased", OTHER).await.expect(201).header("idempotent-replayed"), "");

    // If a card does not decrypt, the rotation does not report success.
    let key = format!("{{pay}}:m:{}", card.id);
    let kept: String = store.ask(&["GET", &key]).await;
    let damaged = kept.replace("\"k2.", "\"k9.");
    let _: String = store.ask(&["SET", &key, &damaged]).await;
    let refused = shop.bootstrap_with(&["rotate-cards"], &[]).await.unwrap_err().to_string();
    assert!(refused.contains(&card.id.to_string()) && !refused.contains("k9."), "{refused}");
    assert!(!refused.contains("everything is encrypted"), "{refused}");
    let now: String = store.ask(&["GET", &key]).await;
    assert_eq!(now, damaged);
    shop.stop().await.unwrap();
}
