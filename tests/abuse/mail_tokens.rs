//! Tokens from mails, and what is written into mails by strangers.

use std::time::Duration;

use estore_stage::ServiceName::{User, Verification};
use estore_tests::{Access, Answer, Customer, PASSWORD, access, unique};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);

async fn post(access: &Access, path: &str, body: &Value) -> Answer {
    Answer::of(access.http.post(access.url(User, path)).json(body)).await
}

/// Registers somebody with this name, and answers their address.
async fn register(access: &Access, name: &str) -> String {
    let email = format!("{}@example.com", unique());
    let body = json!({"email": email, "password": PASSWORD, "name": name});
    let _accepted = post(access, "/register", &body).await.expect(202);
    email
}

#[tokio::test]
async fn a_token_that_was_cut_lengthened_or_guessed_is_unknown_and_tells_nothing() {
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
            post(&access, "/verify-email", &json!({"token": wrong})).await.refused(404, "token_unknown");
        refused.request_id.clear();
        assert!(!format!("{refused:?}").contains(&email));
        bodies.push(refused);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    let _still_good = post(&access, "/verify-email", &json!({"token": token})).await.expect(200);
}

#[tokio::test]
async fn a_link_is_used_once_and_reading_its_page_uses_nothing() {
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
    let _elsewhere =
        post(&access, "/verify-email", &json!({"token": token})).await.refused(410, "token_used");
}

#[tokio::test]
async fn a_name_is_shown_in_a_mail_and_never_run() {
    let access = access();
    let name = "<b>{{ 7*7 }}</b>{% raw %}${x}";
    let email = register(&access, name).await;
    let mails = Access::mailbox().wait_for(&email, 1, PATIENCE).await.unwrap();
    assert!(mails[0].text.contains(name) && !mails[0].text.contains("49"), "{}", mails[0].text);
    assert!(!mails[0].html.contains("<b>{{") && mails[0].html.contains("&lt;b&gt;"), "{}", mails[0].html);
}

#[tokio::test]
async fn an_address_that_could_carry_a_header_or_no_mail_is_refused() {
    let access = access();
    let long = format!("{}@example.com", "a".repeat(250));
    for email in [
        "a@b\r\nBcc: eve@example.com",
        "a@example.com\nBcc: eve@example.com",
        "a@example.com, eve@example.com",
        "Ada <a@example.com>",
        "\"a b\"@example.com",
        "a@",
        "@example.com",
        "a@b@example.com",
        "a\u{0}@example.com",
        "a@exa mple.com",
        long.as_str(),
    ] {
        let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
        let refused = post(&access, "/register", &body).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "email", "{email:?}");
    }
    for name in ["Ada\r\nBcc: eve@example.com", "Ada\u{0}", "", &"a".repeat(1_000)] {
        let body = json!({"email": "a@example.com", "password": PASSWORD, "name": name});
        let refused = post(&access, "/register", &body).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "name", "{name:?}");
    }
}

#[tokio::test]
async fn an_address_is_one_account_however_it_is_written() {
    let access = access();
    let email = register(&access, "Ada").await;
    let token = Customer::mailed_token(Access::mailbox(), &email).await;
    let _verified = post(&access, "/verify-email", &json!({"token": token})).await.expect(200);
    let shouted = email.to_uppercase();
    let _same = post(&access, "/login", &json!({"email": shouted, "password": PASSWORD})).await.expect(200);
    let tagged = email.replace('@', "+tag@");
    let _another = post(&access, "/login", &json!({"email": tagged, "password": PASSWORD}))
        .await
        .refused(401, "invalid_credentials");
}

#[tokio::test]
async fn a_template_is_named_by_its_purpose_and_runs_nothing() {
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
