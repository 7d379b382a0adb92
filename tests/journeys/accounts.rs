//! Accounts, sessions, tokens.

use estore_contract::user::Tokens;
use estore_testbed::ServiceName::User;
use estore_tests::{Access, Answer, Customer, access, is_given, unique};
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

async fn refresh(access: &Access, token: &str, key: Option<&str>) -> Answer {
    let request = access.http.post(access.url(User, "/token/refresh")).json(&json!({"refresh_token": token}));
    Answer::of(key.into_iter().fold(request, |request, key| request.header("Idempotency-Key", key))).await
}

#[tokio::test]
async fn unknown_address_and_wrong_password_look_alike() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let mut bodies = Vec::new();
    for (email, password) in
        [(customer.email.as_str(), "not this one"), ("nobody@example.com", "not this one")]
    {
        let body = json!({"email": email, "password": password});
        let mut refused = access.post("/login", &body).await.refused(401, "invalid_credentials");
        refused.request_id.clear();
        bodies.push(refused);
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn registering_a_taken_address_emails_its_owner() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let body =
        json!({"email": customer.email.to_uppercase(), "password": "another good password", "name": "Eve"});
    let answer = access.post("/register", &body).await.expect(202);
    assert_eq!(answer.value(), json!({"status": "verification_sent"}));
    let mails =
        Access::mailbox().wait_for(&customer.email, 2, std::time::Duration::from_secs(20)).await.unwrap();
    assert!(
        mails[1].subject.contains("already have an account")
            && mails[1].text.contains("Ada")
            && !mails[1].text.contains("Eve")
    );
    let _unknown = Answer::of(
        access
            .http
            .post(access.url(User, "/login"))
            .json(&json!({"email": customer.email, "password": "another good password"})),
    )
    .await
    .refused(401, "invalid_credentials");
}

#[tokio::test]
async fn parallel_registrations_of_one_address_make_one_account() {
    let access = access();
    let email = format!("{}@example.com", unique());
    let body = json!({"email": email, "password": "a good long password", "name": "Ada"});
    let answers = join_all((0..8).map(|_| access.post("/register", &body))).await;
    assert!(answers.iter().all(|answer| answer.status == 202), "{answers:?}");
    let admin = Customer::admin(&access).await;
    let found = admin.get(User, &format!("/users?email={email}")).await.value();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn resend_reveals_nothing_and_is_capped() {
    let access = access();
    let email = format!("{}@example.com", unique());
    let body = json!({"email": email, "password": "a good long password", "name": "Ada"});
    let _accepted = access.post("/register", &body).await.expect(202);
    for address in [email.as_str(), "nobody-at-all@example.com"] {
        for _ in 0..9 {
            let answer = access.post("/verify-email/resend", &json!({"email": address})).await.expect(202);
            assert_eq!(answer.value(), json!({"status": "verification_sent"}));
        }
    }
    let mails = Access::mailbox().wait_for(&email, 4, std::time::Duration::from_secs(20)).await.unwrap();
    let admin = Customer::admin(&access).await;
    let asked = admin
        .get(estore_testbed::ServiceName::Verification, &format!("/verifications?email={email}"))
        .await
        .value();
    assert_eq!((mails.len(), asked["items"].as_array().map(Vec::len)), (4, Some(4)));
}

#[tokio::test]
async fn reused_refresh_token_ends_the_session() {
    // The test changes the times of the tokens in the database.
    if is_given() {
        return;
    }
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let next: Tokens = refresh(&access, &customer.refresh_token, None).await.expect(200).json();
    customer.outlive_leeway();
    let _reused = refresh(&access, &customer.refresh_token, None).await.refused(401, "invalid_token");
    let _ended = refresh(&access, next.refresh_token.expose(), None).await.refused(401, "invalid_token");
    let _ended = customer.get(User, "/me").await.refused(401, "invalid_token");
    for forged in ["", "x", customer.access_token.as_str()] {
        let _refused = refresh(&access, forged, None).await.refused(401, "invalid_token");
    }
}

#[tokio::test]
async fn parallel_refreshes_get_the_same_pair() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let keys = [None, None, Some("a"), Some("b"), None, Some("a")];
    let answers = join_all(keys.map(|key| refresh(&access, &customer.refresh_token, key))).await;
    let pairs: Vec<Tokens> = answers.into_iter().map(|answer| answer.expect(200).json()).collect();
    let text = |tokens: &Tokens| serde_json::to_value(tokens).unwrap();
    assert!(pairs.iter().all(|pair| text(pair) == text(&pairs[0])), "two tabs have one session");
    let next = refresh(&access, pairs[0].refresh_token.expose(), None).await.expect(200);
    assert_ne!(next.value(), text(&pairs[0]));
    let _me = customer.get(User, "/me").await.expect(200);
}

#[tokio::test]
async fn repeated_refresh_after_the_leeway_ends_the_session() {
    // The test changes the times of the tokens in the database.
    if is_given() {
        return;
    }
    let access = access();
    for key in [None, Some("attempt")] {
        let customer = Customer::register(&access, Access::mailbox()).await;
        let pair: Tokens = refresh(&access, &customer.refresh_token, key).await.expect(200).json();
        customer.outlive_leeway();
        let _late = refresh(&access, &customer.refresh_token, key).await.refused(401, "invalid_token");
        let _ended = refresh(&access, pair.refresh_token.expose(), None).await.refused(401, "invalid_token");
    }
}

#[tokio::test]
async fn logout_ends_the_session_at_once() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let _done = Answer::of(customer.request(Method::POST, User, "/logout")).await.expect(204);
    let _ended = customer.get(User, "/me").await.refused(401, "invalid_token");
    let _ended = refresh(&access, &customer.refresh_token, None).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn profile_is_changed_in_parts() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let patch = async |body| Answer::of(customer.request(Method::PATCH, User, "/me").json(&body)).await;
    let address =
        json!({"line1": "1 Main Street", "city": "Berlin", "postal_code": "10115", "country": "DE"});
    let changed =
        patch(json!({"name": "Ada Łovelace", "phone": "+49301234567", "shipping_address": address}))
            .await
            .expect(200)
            .value();
    assert_eq!(
        (&changed["name"], &changed["phone"], &changed["shipping_address"]),
        (&json!("Ada Łovelace"), &json!("+49301234567"), &address)
    );
    let cleared = patch(json!({"phone": null, "locale": "de"})).await.expect(200).value();
    assert_eq!(
        (&cleared["phone"], &cleared["name"], &cleared["locale"]),
        (&json!(null), &json!("Ada Łovelace"), &json!("de"))
    );
    for bad in [
        json!({"role": "admin"}),
        json!({"email_verified": true}),
        json!({"name": null}),
        json!({"name": "a\nb"}),
        json!({"phone": "030"}),
        json!({"locale": "fr"}),
    ] {
        let _refused = patch(bad).await.refused(422, "validation_error");
    }
}

#[tokio::test]
async fn passwords_follow_the_published_rule() {
    let access = access();
    let register = async |password: &str| {
        let body = json!({"email": format!("{}@example.com", unique()), "password": password, "name": "Ada"});
        access.post("/register", &body).await
    };
    for bad in ["1234567", "password", "Password1", &"x".repeat(129), "with\u{0}nul chars"] {
        let refused = register(bad).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "password");
        assert!(bad == "password" || !format!("{refused:?}").contains(bad));
    }
    for good in [&"é".repeat(8), &"p4".repeat(32), &"z9".repeat(64), "           "] {
        let _accepted = register(good).await.expect(202);
    }
}
