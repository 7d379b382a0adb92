//! Email addresses, passwords, names in emails, and tokens of emails.

use std::time::Duration;

use estore_testbed::ServiceName::{User, Verification};
use estore_tests::{Access, Answer, Customer, PASSWORD, access, shop, unique};
use reqwest::Method;
use serde_json::{Value, json};

async fn register(access: &Access, email: &str, password: &str, name: &str) -> Answer {
    let body = json!({"email": email, "password": password, "name": name});
    access.post("/register", &body).await
}

#[tokio::test]
async fn address_has_one_form_and_carries_no_header() {
    let access = access();
    let long = format!("{}@{}.example.com", "a".repeat(64), "b".repeat(63));
    let longer =
        format!("{}@{}.{}.{}.example.com", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(63));
    for bad in [
        "eve@example.com\r\nBcc: victim@example.com",
        "eve@example.com\nX: y",
        "eve@example.com%0d%0aBcc: x@y.example",
        "\"eve\"@example.com",
        "eve@example.com, victim@example.com",
        "Eve <eve@example.com>",
        "eve@[127.0.0.1]",
        "eve@localhost",
        "eve\u{0}@example.com",
        "\u{e4}@example.com",
        "eve@\u{e4}_.example.com",
        &format!("{}@example.com", "a".repeat(65)),
        &longer,
    ] {
        let refused = register(&access, bad, PASSWORD, "Eve").await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "email", "{bad:?}");
        assert!(!format!("{refused:?}").contains("victim"), "{refused:?}");
    }
    let word = &unique()[..20];
    let own = format!("{word}+tag@example.com");
    let international = format!("{word}@B\u{fc}cher.example");
    let spaced = format!("  {own} ");
    for good in [long.replacen("aaaaaaaaaa", &word[..10], 1), international, spaced] {
        let _accepted = register(&access, &good, PASSWORD, "Ada").await.expect(202);
    }
    // Its ASCII form names the same account and receives the emails.
    let ascii = format!("{word}@xn--bcher-kva.example");
    let token = Customer::mailed_token(Access::mailbox(), &ascii).await;
    let verify = access.http.post(access.url(User, "/verify-email")).json(&json!({"token": token}));
    let _verified = Answer::of(verify).await.expect(200);
    for same in [ascii.clone(), format!("{word}@BU\u{308}CHER.example ")] {
        let login = json!({"email": same, "password": PASSWORD});
        let _same = access.post("/login", &login).await.expect(200);
    }
    // Upper case names the same account, a tag names another one.
    let _token = Customer::mailed_token(Access::mailbox(), &own).await;
    let _accepted = register(&access, &own.to_uppercase(), PASSWORD, "Ada").await.expect(202);
    let _mails = Access::mailbox().wait_for(&own, 2, Duration::from_secs(20)).await.unwrap();
    let admin = Customer::admin(&access).await;
    let found = admin.request(Method::GET, User, "/users").query(&[("email", &own.to_uppercase())]);
    let found = Answer::of(found).await.expect(200).value();
    assert_eq!(
        (&found["items"][0]["email"], found["items"].as_array().map(Vec::len)),
        (&json!(own), Some(1))
    );
}

#[tokio::test]
async fn password_is_not_trimmed_or_folded() {
    let access = access();
    let composed = "p\u{e4}ssw\u{f6}rd in composed form";
    let decomposed = "pa\u{308}sswo\u{308}rd in composed form";
    let email = format!("{}@example.com", unique());
    let _accepted = register(&access, &email, composed, "Ada").await.expect(202);
    let token = Customer::mailed_token(Access::mailbox(), &email).await;
    let verify = access.http.post(access.url(User, "/verify-email")).json(&json!({"token": token}));
    let _verified = Answer::of(verify).await.expect(200);
    let login = async |password: &str| {
        let body = json!({"email": email, "password": password});
        access.post("/login", &body).await
    };
    for same in [composed, decomposed] {
        let _same = login(same).await.expect(200);
    }
    for other in [composed.to_uppercase(), format!("{composed} "), format!(" {composed}")] {
        let _other = login(&other).await.refused(401, "invalid_credentials");
    }
    // The service rejects an oversized body before it has arrived in full, so a client that keeps
    // sending may not see the reason.
    let huge = json!({"email": email, "password": "x".repeat(10 << 20)});
    let huge = Answer::try_of(access.http.post(access.url(User, "/login")).json(&huge)).await;
    assert!(huge.as_ref().is_ok_and(|answer| answer.status == 413) || huge.is_err(), "{huge:?}");
    let larger = json!({"email": email, "password": "x".repeat(256 << 10)});
    let larger = access.post("/login", &larger).await;
    let _larger = larger.refused(413, "payload_too_large");
    let _long = login(&"x".repeat(1025)).await.refused(422, "validation_error");
}

#[tokio::test]
async fn customer_name_is_shown_and_never_executed() {
    let access = access();
    let email = format!("{}@example.com", unique());
    let name = "<script>{{ 7*7 }}{% include '../../etc/passwd' %}</script>\"'&";
    let _accepted = register(&access, &email, PASSWORD, name).await.expect(202);
    let token = Customer::mailed_token(Access::mailbox(), &email).await;
    let verify = access.http.post(access.url(User, "/verify-email")).json(&json!({"token": token}));
    let _proven = Answer::of(verify).await.expect(200);
    // Only an email to a verified address shows the name.
    let _again = register(&access, &email, PASSWORD, "Eve").await.expect(202);
    let mails = Access::mailbox().wait_for(&email, 2, Duration::from_secs(20)).await.unwrap();
    assert!(!mails[0].text.contains("script") && mails[1].text.contains(name), "{}", mails[1].text);
    assert!(
        !mails[1].html.contains("<script>") && mails[1].html.contains("&lt;script&gt;{{ 7*7 }}"),
        "{}",
        mails[1].html
    );
    assert!(!mails[1].subject.contains("49") && !mails[1].text.contains("49</script>"));
    let admin = Customer::admin(&access).await;
    for template in ["../email", "%2e%2e%2femail", "email%00", "EMAIL", "no_such_mail"] {
        let get = admin.get(Verification, &format!("/templates/{template}")).await;
        let _unknown = get.refused(404, "not_found");
    }
    let purposes = admin.get(Verification, "/verifications?purpose=../email").await;
    let _unknown = purposes.refused(422, "validation_error");
}

#[tokio::test]
async fn email_token_works_once_in_time_and_whole() {
    let access = access();
    let verify = async |token: &str| {
        Answer::of(access.http.post(access.url(Verification, "/verify")).json(&json!({"token": token}))).await
    };
    let mailed = async || {
        let email = format!("{}@example.com", unique());
        let _accepted = register(&access, &email, PASSWORD, "Ada").await.expect(202);
        (email.clone(), Customer::mailed_token(Access::mailbox(), &email).await)
    };
    let (_, token) = mailed().await;
    let mut told: Vec<Value> = Vec::new();
    for wrong in
        [&token[..token.len() - 1], &token[1..], &format!("{token}A"), &token.to_lowercase(), "x", &unique()]
    {
        let mut refused = verify(wrong).await.refused(404, "token_unknown");
        refused.request_id.clear();
        told.push(json!(refused));
    }
    assert!(told.iter().all(|other| *other == told[0]), "{told:?}");
    let _verified = verify(&token).await.expect(200);
    let _used = verify(&token).await.refused(410, "token_used");

    let (email, token) = mailed().await;
    let past = "UPDATE tokens SET expires_at = now() - interval '1 second' WHERE verification_id IN \
                (SELECT id FROM verifications WHERE email =";
    let _changed = shop().postgres.sql("verificationdb", &format!("{past} '{email}')")).unwrap();
    let _late = verify(&token).await.refused(410, "token_expired");
    for body in [json!({"token": token}), json!({"token": "x"})] {
        let answer = access.post("/verify-email", &body).await;
        assert!(matches!(answer.status, 404 | 410) && !answer.text.contains(&email), "{}", answer.text);
    }
    // The store holds only the hash, so that a reader of the database gets no token.
    let dumped = shop().postgres.sql("verificationdb", "SELECT encode(hash, 'escape') FROM tokens").unwrap();
    assert!(!dumped.contains(&token));
}
