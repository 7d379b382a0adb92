//! Sample emails, which admins send to themselves.

use std::time::Duration;

use estore_testbed::ServiceName::{User, Verification};
use estore_tests::{Access, Answer, Customer, access, unique, until};
use reqwest::Method;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(20);

/// Returns a new admin, whose mailbox has only the email of the registration.
async fn new_admin(access: &Access) -> Customer {
    let (admin, promoted) =
        (Customer::admin(access).await, Customer::register(access, Access::mailbox()).await);
    let id = promoted.get(User, "/me").await.value()["id"].as_str().unwrap().to_owned();
    let request = admin.request(Method::PATCH, User, &format!("/users/{id}"));
    let _promoted = Answer::of(request.json(&json!({"role": "admin"}))).await.expect(200);
    promoted
}

async fn test(admin: &Customer, purpose: &str, body: &Value) -> Answer {
    admin.post(Verification, &format!("/templates/{purpose}/test"), body).await
}

async fn sent(admin: &Customer, accepted: &Value) -> Value {
    let path = format!("/verifications/{}", accepted["verification_id"].as_str().unwrap());
    let ask = async || admin.get(Verification, &path).await.expect(200).value();
    until(LIMIT, ask, |mail| mail["status"] == "sent").await
}

/// Returns whether the admin has got an email with this text in its subject.
async fn came(admin: &Customer, words: &str) -> bool {
    let mails = Access::mailbox().wait_for(&admin.email, 1, LIMIT).await.unwrap();
    mails.iter().any(|mail| mail.subject.contains(words))
}

#[tokio::test]
async fn sample_shows_the_given_version() {
    let access = access();
    let admin = new_admin(&access).await;
    let mut versions = Vec::new();
    for word in [unique(), unique()] {
        let body = json!({"locale": "de", "subject": format!("{{{{ notice }}}} {word}"), "text": "{{ name }}: {{ notice }}", "html": "<p>{{ notice }}</p>"});
        let put = admin.request(Method::PUT, Verification, "/templates/security_notice").json(&body);
        let written = Answer::of(put).await.expect(200).value();
        versions.push((written["version"].clone(), word));
    }
    let ((old, old_word), (_, new_word)) = (&versions[0], &versions[1]);
    let accepted =
        test(&admin, "security_notice", &json!({"locale": "de", "version": old})).await.expect(202);
    let mail = sent(&admin, &accepted.value()).await;
    assert_eq!(
        (&mail["is_sample"], &mail["purpose"], &mail["locale"], &mail["email"]),
        (&json!(true), &json!("security_notice"), &json!("de"), &json!(admin.email))
    );
    let ask = async || came(&admin, old_word).await;
    assert!(until(LIMIT, ask, |came| *came).await && !came(&admin, new_word).await);
    let accepted = test(&admin, "security_notice", &json!({"locale": "de"})).await.expect(202);
    let _mail = sent(&admin, &accepted.value()).await;
    let ask = async || came(&admin, new_word).await;
    assert!(until(LIMIT, ask, |came| *came).await);
}

#[tokio::test]
async fn sample_of_every_template_has_no_live_link() {
    let access = access();
    let admin = new_admin(&access).await;
    let all = admin.get(Verification, "/templates").await.expect(200).value();
    for template in all["items"].as_array().unwrap() {
        let body = json!({"locale": template["locale"], "version": template["version"]});
        let accepted = test(&admin, template["name"].as_str().unwrap(), &body).await.expect(202);
        let mail = sent(&admin, &accepted.value()).await;
        assert_eq!((&mail["is_sample"], &mail["locale"]), (&json!(true), &template["locale"]));
    }
    let mails = Access::mailbox().wait_for(&admin.email, 1, LIMIT).await.unwrap();
    let linked: Vec<_> = mails.iter().skip(1).filter(|mail| mail.text.contains("token=")).collect();
    assert!(!linked.is_empty() && linked.iter().all(|mail| mail.text.contains("token=sample-token")));
    let press = access.http.post(access.url(Verification, "/verify")).json(&json!({"token": "sample-token"}));
    let _dead = Answer::of(press).await.refused(404, "token_unknown");
}

#[tokio::test]
async fn sample_of_nothing_is_refused() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let _customer = test(&customer, "email", &json!({})).await.refused(403, "forbidden");
    let _unknown = test(&admin, "nothing", &json!({})).await.refused(404, "not_found");
    let _unknown = test(&admin, "email", &json!({"version": 2_147_483_647})).await.refused(404, "not_found");
    for bad in [
        json!({"version": 0}),
        json!({"version": null}),
        json!({"locale": "fr"}),
        json!({"to": "eve@example.com"}),
    ] {
        let _refused = test(&admin, "email", &bad).await.refused(422, "validation_error");
    }
}
