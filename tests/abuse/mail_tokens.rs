//! Tokens from emails, and text that strangers put into emails.

use estore_testbed::ServiceName::Verification;
use estore_tests::{Access, Answer, Customer, PASSWORD, access, unique};
use serde_json::json;

/// Registers an account with this name and returns its email address.
async fn register(access: &Access, name: &str) -> String {
    let email = format!("{}@example.com", unique());
    let body = json!({"email": email, "password": PASSWORD, "name": name});
    let _accepted = access.post("/register", &body).await.expect(202);
    email
}

#[tokio::test]
async fn altered_token_is_unknown_and_reveals_nothing() {
    let access = access();
    let email = register(&access, "Ada").await;
    let token = Customer::mailed_token(Access::mailbox(), &email).await;
    let mut bodies = Vec::new();
    for wrong in [
        token[..token.len() - 1].to_owned(),
        format!("{token}A"),
        format!(" {token}"),
        token.to_uppercase(),
        "A".repeat(43),
        "x".to_owned(),
    ] {
        let mut refused =
            access.post("/verify-email", &json!({"token": wrong})).await.refused(404, "token_unknown");
        refused.request_id.clear();
        assert!(!format!("{refused:?}").contains(&email));
        bodies.push(refused);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    let _still_good = access.post("/verify-email", &json!({"token": token})).await.expect(200);
}

#[tokio::test]
async fn link_is_used_once_and_not_by_reading() {
    let access = access();
    let email = register(&access, "Ada").await;
    let token = Customer::mailed_token(Access::mailbox(), &email).await;
    let page = access.url(Verification, &format!("/verify?token={token}"));
    for _ in 0..3 {
        let _read = Answer::of(access.http.get(&page)).await.expect(200);
        let _head = Answer::of(access.http.head(&page)).await.expect(200);
    }
    let verify = async || {
        let request = access.http.post(access.url(Verification, "/verify"));
        Answer::of(request.json(&json!({"token": token}))).await
    };
    let _once = verify().await.expect(200);
    let _twice = verify().await.refused(410, "token_used");
    let _elsewhere = access.post("/verify-email", &json!({"token": token})).await.refused(410, "token_used");
}

#[tokio::test]
async fn template_name_and_text_run_nothing() {
    let access = access();
    let admin = Customer::admin(&access).await;
    for name in ["..%2f..%2fetc%2fpasswd", "nobody-knows", "%7B%7B7*7%7D%7D", "email%00"] {
        let _refused = admin.get(Verification, &format!("/templates/{name}")).await.refused(404, "not_found");
    }
    for text in [
        "{{ 7*7",
        "{% include '/etc/passwd' %}",
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
        "{{ nobody_knows }}",
        "{{ name.__class__ }}",
    ] {
        let body = json!({"subject": "Hi", "text": text, "html": "<p>Hi</p>"});
        let answer = admin.post(Verification, "/templates/email/preview", &body).await;
        let refused = answer.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "text", "{text}");
    }
}
