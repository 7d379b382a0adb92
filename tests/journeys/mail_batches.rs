//! Batches of emails that Payment requests.

use std::time::Duration;

use estore_testbed::ServiceName::{User, Verification};
use estore_tests::{Access, Answer, Customer, access, is_given, peer, shop, unique, until};
use serde_json::{Value, json};
use uuid::Uuid;

const LIMIT: Duration = Duration::from_secs(30);

fn notice(user: &Value, key: &str) -> Value {
    let data = json!({"order_id": key, "total": "9.00 USD", "items": []});
    json!({"user_id": user, "purpose": "order_confirmed", "idempotency_key": key, "data": data})
}

async fn ask(requests: &[Value]) -> Answer {
    let port = &shop().environment(Verification)["INTERNAL_PORT"];
    let url = format!("https://127.0.0.1:{port}/internal/verifications/batch");
    Answer::of(peer(shop(), "payment").post(url).json(&json!({"requests": requests}))).await
}

async fn id(customer: &Customer) -> Value {
    customer.get(User, "/me").await.value()["id"].clone()
}

async fn sent(admin: &Customer, customer: &Customer) -> usize {
    let list = admin.get(Verification, &format!("/verifications?email={}", customer.email)).await.value();
    let mails = list["items"].as_array().unwrap().iter();
    mails.filter(|mail| mail["purpose"] == "order_confirmed" && mail["status"] == "sent").count()
}

#[tokio::test]
async fn batch_is_sent_once_however_often_repeated() {
    if is_given() {
        return;
    }
    let access = access();
    let admin = Customer::admin(&access).await;
    let (ada, eve) = (
        Customer::register(&access, Access::mailbox()).await,
        Customer::register(&access, Access::mailbox()).await,
    );
    let (first, second, third) = (unique(), unique(), unique());
    let closed = json!(Uuid::new_v4());
    let (ada_id, eve_id) = (id(&ada).await, id(&eve).await);
    let batch = [notice(&ada_id, &first), notice(&eve_id, &second), notice(&closed, &third)];
    assert_eq!(ask(&batch).await.expect(202).value()["accepted"], 2);
    let longer = [&batch[..], &[notice(&ada_id, &unique())]].concat();
    assert_eq!(ask(&longer).await.expect(202).value()["accepted"], 3);
    let counts = async || [sent(&admin, &ada).await, sent(&admin, &eve).await];
    assert_eq!(until(LIMIT, counts, |counts| *counts == [2, 1]).await, [2, 1]);
    let told = shop().mailbox.messages_to(&eve.email);
    assert_eq!(told.iter().filter(|mail| mail.subject.starts_with("Your order")).count(), 1, "{told:?}");
}

#[tokio::test]
async fn batch_with_an_invalid_email_is_refused_whole() {
    if is_given() {
        return;
    }
    let access = access();
    let (admin, ada) = (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let user = id(&ada).await;
    let good = notice(&user, &unique());
    let nowhere = json!({"user_id": user, "purpose": "security_notice", "idempotency_key": unique()});
    let many: Vec<Value> = (0..101).map(|_| notice(&user, &unique())).collect();
    for (wrong, field) in [
        (vec![good.clone(), nowhere], "email"),
        (vec![good.clone(), good.clone()], "idempotency_key"),
        (vec![good.clone(), notice(&user, "")], "requests[1].idempotency_key"),
        (Vec::new(), "requests"),
        (many, "requests"),
    ] {
        let refused = ask(&wrong).await.expect(422).value();
        assert_eq!(refused["details"][0]["field"], field, "{refused}");
    }
    assert_eq!(ask(&[good]).await.expect(202).value()["accepted"], 1);
    let count = async || sent(&admin, &ada).await;
    assert_eq!(until(LIMIT, count, |count| *count > 0).await, 1);
}
