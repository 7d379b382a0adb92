//! Actions that only admins may take.

use std::time::Duration;

use estore_testbed::ServiceName::{Inventory, Payment, User, Verification};
use estore_tests::{Access, Answer, CARD, Customer, PASSWORD, access, unique, until};
use futures::future::join;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn customer_is_refused_at_every_admin_route() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let id = unique();
    let routes = [
        (Method::GET, User, "/users".to_owned()),
        (Method::GET, User, "/users/0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01".to_owned()),
        (Method::GET, Verification, "/verifications".to_owned()),
        (Method::GET, Verification, "/templates".to_owned()),
        (Method::GET, Inventory, "/products/MUG-ENAMEL-01/stock".to_owned()),
        (Method::DELETE, Inventory, format!("/categories/{id}")),
    ];
    for (method, service, path) in routes {
        let _refused = Answer::of(customer.request(method, service, &path)).await.refused(403, "forbidden");
    }
    for path in ["/orders", "/transactions"] {
        let path = format!("{path}?user_id=0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01");
        let _refused = customer.get(Payment, &path).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn admin_finds_owner_and_ledger_of_an_order() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let (sku, card) = (admin.add_product(1, 700).await, customer.save_card(CARD).await);
    let order = customer.order("ledger", card, &sku, 1).await.expect(201).value();
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let owner = admin.get(Payment, &path).await.expect(200).value()["user_id"].clone();
    assert_eq!(owner, customer.get(User, "/me").await.value()["id"]);
    let own = customer.get(Payment, "/transactions").await.expect(200).value();
    let path = format!("/transactions?user_id={}", owner.as_str().unwrap());
    assert_eq!(admin.get(Payment, &path).await.expect(200).value(), own);
    assert_eq!(customer.get(Payment, &path).await.expect(200).value(), own, "their own id changes nothing");
    assert_eq!(own["items"].as_array().unwrap().len(), 2, "authorized and captured");
}

#[tokio::test]
async fn disabling_an_account_ends_its_sessions_everywhere() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let _known = customer.get(Inventory, "/tags").await.expect(200);
    let id = customer.get(User, "/me").await.value()["id"].as_str().unwrap().to_owned();
    let patch = async |body| {
        Answer::of(admin.request(Method::PATCH, User, &format!("/users/{id}")).json(&body)).await
    };
    assert_eq!(patch(json!({"status": "disabled"})).await.expect(200).value()["status"], "disabled");
    let _at_once = customer.get(User, "/me").await.refused(401, "invalid_token");
    // The other services may trust an old answer for five seconds.
    let began = std::time::Instant::now();
    while customer.get(Inventory, "/tags").await.status == 200 {
        assert!(began.elapsed().as_secs() < 6, "a disabled account still browses");
    }
    let login = json!({"email": customer.email, "password": "a password that is long enough"});
    let _disabled = access.post("/login", &login).await.refused(403, "account_disabled");
    let _back = patch(json!({"status": "active", "role": "admin"})).await.expect(200);
    let promoted = Customer::login(&access, &customer.email, "a password that is long enough").await;
    let _may = promoted.get(User, "/users?limit=1").await.expect(200);
}

#[tokio::test]
async fn admin_cannot_lock_themselves_out() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let id = admin.get(User, "/me").await.value()["id"].as_str().unwrap().to_owned();
    for body in [json!({"role": "customer"}), json!({"status": "disabled"})] {
        let request = admin.request(Method::PATCH, User, &format!("/users/{id}")).json(&body);
        let _refused = Answer::of(request).await.refused(409, "last_admin");
    }
}

#[tokio::test]
async fn admins_who_demote_each_other_leave_one() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let (ada, eve) = (
        Customer::register(&access, Access::mailbox()).await,
        Customer::register(&access, Access::mailbox()).await,
    );
    let id = async |of: &Customer| of.get(User, "/me").await.value()["id"].as_str().unwrap().to_owned();
    let ids = [id(&ada).await, id(&eve).await];
    let patch = async |by: &Customer, id: &str, body: Value| {
        Answer::of(by.request(Method::PATCH, User, &format!("/users/{id}")).json(&body)).await
    };
    for weaker in [json!({"role": "customer"}), json!({"status": "disabled"})] {
        for _ in 0..10 {
            for id in &ids {
                let _promoted =
                    patch(&admin, id, json!({"role": "admin", "status": "active"})).await.expect(200);
            }
            let ada = Customer::login(&access, &ada.email, PASSWORD).await;
            let eve = Customer::login(&access, &eve.email, PASSWORD).await;
            let (one, other) =
                join(patch(&ada, &ids[1], weaker.clone()), patch(&eve, &ids[0], weaker.clone())).await;
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert!(statuses[0] == 200 && matches!(statuses[1], 401 | 403), "{statuses:?}");
        }
    }
}

#[tokio::test]
async fn email_is_traced_and_template_versioned() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let list = format!("/verifications?email={}&purpose=email", customer.email);
    let ask = async || admin.get(Verification, &list).await.expect(200).value()["items"][0].clone();
    // A fast client may use the token before the service has recorded the SMTP server's answer.
    let mail = until(Duration::from_secs(20), ask, |mail| mail["last_smtp_answer"].is_string()).await;
    assert_eq!((&mail["status"], &mail["attempts"]), (&json!("verified"), &json!(1)));
    let thanks = mail["last_smtp_answer"].as_str().unwrap();
    assert_eq!(thanks, Access::mailbox().thanks().unwrap_or(thanks));
    assert!(!thanks.is_empty());
    let one = admin
        .get(Verification, &format!("/verifications/{}", mail["id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(one.value(), mail);
    assert!(!one.text.contains("token"));

    let body = json!({"locale": "en", "subject": "{{ shop }}: {{ notice }}", "text": "{{ name }}: {{ notice }}", "html": "<p>{{ name }}: {{ notice }}</p>"});
    let before = admin.get(Verification, "/templates/security_notice").await.expect(200).value();
    let english = before["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|template| template["locale"] == "en")
        .unwrap()["version"]
        .as_u64()
        .unwrap();
    let written =
        Answer::of(admin.request(Method::PUT, Verification, "/templates/security_notice").json(&body))
            .await
            .expect(200)
            .value();
    assert_eq!(written["version"].as_u64(), Some(english + 1));
    let preview =
        admin.post(Verification, "/templates/security_notice/preview", &body).await.expect(200).value();
    assert_eq!(preview["text"], "Ada: your password was changed");
    for bad in ["{{ name", "{{ secret }}", "{% include 'x' %}", ""] {
        let mut broken = body.clone();
        broken["html"] = json!(bad);
        let refused =
            Answer::of(admin.request(Method::PUT, Verification, "/templates/security_notice").json(&broken))
                .await
                .refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "html", "{bad}");
    }
    let _unknown = admin.get(Verification, "/templates/../../etc").await.expect(404);
}

#[tokio::test]
async fn admin_sees_the_orders_of_a_user() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let (sku, card) = (admin.add_product(1, 100).await, customer.save_card(CARD).await);
    let order = customer.order("k", card, &sku, 1).await.expect(201).value();
    let id = customer.get(User, "/me").await.value()["id"].as_str().unwrap().to_owned();
    let list = admin.get(Payment, &format!("/orders?user_id={id}")).await.expect(200).value();
    assert_eq!(list["items"], json!([order]));
}
