//! Saved cards: their number, the lookup by idempotency key, and their expiry.

use estore_contract::PaymentMethodId;
use estore_testbed::{Options, ServiceName::Payment, Shop};
use estore_tests::{Access, Answer, CARD, Customer, access, directory, fresh};
use reqwest::Method;
use serde_json::{Value, json};

fn body(number: &str, month: u32, year: u32) -> Value {
    let details = json!({"card_number": number, "expiry_month": month, "expiry_year": year, "cvc": "123"});
    json!({"payment_type": "Card", "details": details})
}

async fn save(customer: &Customer, key: &str, body: &Value) -> Answer {
    let request = customer.request(Method::POST, Payment, "/payment-methods");
    Answer::of(request.header("Idempotency-Key", key).json(body)).await
}

async fn delete(customer: &Customer, card: &str) {
    let _gone = Answer::of(customer.request(Method::DELETE, Payment, &format!("/payment-methods/{card}")))
        .await
        .expect(204);
}

#[tokio::test]
async fn card_quota_is_a_conflict_without_retry_after() {
    let mut shop =
        Shop::start(fresh(directory("card-quota"), &[("MAX_PAYMENT_METHODS", "2")])).await.unwrap();
    let customer = Customer::register(&Access::to(&shop), &shop.mailbox).await;
    let card = body(CARD, 12, 2029);
    let first = save(&customer, "1", &card).await.expect(201).value();
    let _second = save(&customer, "2", &card).await.expect(201);
    let refused = save(&customer, "3", &card).await;
    assert_eq!(refused.header("retry-after"), "", "waiting makes no room");
    let _third = refused.refused(409, "too_many_payment_methods");
    // A repeated request saves no new card.
    let again = save(&customer, "1", &card).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    delete(&customer, first["id"].as_str().unwrap()).await;
    let _room = save(&customer, "3", &card).await.expect(201);
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn key_of_a_deleted_card_is_a_conflict() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    let card = body(CARD, 12, 2029);
    let saved = save(&customer, "mine", &card).await.expect(201).value();
    delete(&customer, saved["id"].as_str().unwrap()).await;
    for _ in 0..2 {
        let refused = save(&customer, "mine", &card).await;
        assert_eq!(refused.header("retry-after"), "");
        let _deleted = refused.refused(409, "payment_method_deleted");
    }
    let _other = save(&customer, "mine", &body(CARD, 11, 2029)).await.refused(422, "idempotency_key_reused");
    let list = customer.get(Payment, "/payment-methods").await.value();
    assert_eq!(list["items"], json!([]), "a repeat brings no card back");
    let _anew = save(&customer, "another", &card).await.expect(201);
}

#[tokio::test]
async fn brand_of_a_card_is_shown() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    for (number, brand) in [
        ("6441111111111111", "discover"),
        ("6221261111111111", "discover"),
        ("30901111111111", "diners"),
        ("6759649826438453", "maestro"),
        ("501811111111", "maestro"),
    ] {
        let saved = save(&customer, number, &body(number, 12, 2029)).await.expect(201).value();
        assert_eq!(saved["details"]["brand"], brand, "{number}");
    }
}

#[tokio::test]
async fn saved_card_ends_when_its_month_ended_everywhere() {
    let options = Options { faults: true, ..fresh(directory("card-month"), &[]) };
    let mut shop = Shop::start(options).await.unwrap();
    let customer = Customer::register(&Access::to(&shop), &shop.mailbox).await;
    // The month in the time zone in which it ends last, and the seconds that are left of it there.
    let now = "now() AT TIME ZONE 'Etc/GMT+12'";
    let asked = format!(
        "SELECT to_char({now}, 'MM YYYY ') || ceil(extract(epoch FROM date_trunc('month', {now}) + interval '1 month' - {now}))"
    );
    let told = shop.postgres.sql("userdb", &asked).unwrap();
    let told: Vec<i64> = told.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [month, year, left] = told[..] else { panic!("{told:?}") };
    let card = body(CARD, u32::try_from(month).unwrap(), u32::try_from(year).unwrap());
    let saved = save(&customer, "ends", &card).await.expect(201).value();
    let id: PaymentMethodId = saved["id"].as_str().unwrap().parse().unwrap();
    shop.redis.step_clock((left - 120).max(0)).unwrap();
    let _good = customer.order("in-time", id, "MUG-ENAMEL-01", 1).await.expect(201);
    shop.redis.step_clock(left + 120).unwrap();
    let refused = customer.order("late", id, "MUG-ENAMEL-01", 1).await.refused(402, "payment_declined");
    assert_eq!(refused.decline_code.as_deref(), Some("expired_card"));
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn list_goes_on_after_a_deleted_card() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    for month in 1..=5 {
        let _saved = save(&customer, &format!("{month}"), &body(CARD, month, 2029)).await.expect(201);
    }
    let all = customer.get(Payment, "/payment-methods").await.value();
    let ids: Vec<&str> =
        all["items"].as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap()).collect();
    let first = customer.get(Payment, "/payment-methods?limit=2").await.value();
    delete(&customer, ids[1]).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let next = customer.get(Payment, &format!("/payment-methods?limit=2&cursor={cursor}")).await.value();
    let rest: Vec<&str> =
        next["items"].as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap()).collect();
    assert_eq!(rest, ids[2..4]);
    let cursor = next["next_cursor"].as_str().unwrap();
    let last = customer.get(Payment, &format!("/payment-methods?limit=2&cursor={cursor}")).await.value();
    assert_eq!((&last["items"][0]["id"], &last["next_cursor"]), (&json!(ids[4]), &Value::Null));
}
