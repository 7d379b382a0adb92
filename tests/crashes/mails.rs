//! An SMTP server that misbehaves.

use std::{fs, time::Duration};

use estore_testbed::{FaultKind, ServiceName::Verification, Shop};
use estore_tests::{Access, Answer, Customer, directory, fresh, unique};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(30);

async fn register(access: &Access) -> String {
    let email = format!("{}@example.com", unique());
    let body = json!({"email": email, "password": "a good long password", "name": "Ada"});
    let _accepted = access.post("/register", &body).await.expect(202);
    email
}

#[tokio::test]
async fn failed_email_is_retried_or_bounces() {
    let mut shop = Shop::start(fresh(directory("mails"), &[])).await.unwrap();
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    let status = async |email: &str| {
        admin.get(Verification, &format!("/verifications?email={email}")).await.expect(200).value()["items"]
            [0]
        .clone()
    };

    // A temporary rejection: the service retries until the server accepts.
    shop.mailbox.fail_next(2, FaultKind::RejectForNow);
    let email = register(&access).await;
    assert_eq!(shop.mailbox.wait_for(&email, 1, PATIENCE).await.unwrap().len(), 1);

    // The connection breaks after acceptance: the email arrives twice with one message id. The
    // copies have different links, of which only the first works.
    shop.mailbox.fail_next(1, FaultKind::DropAfterData);
    let email = register(&access).await;
    let mails = shop.mailbox.wait_for(&email, 2, PATIENCE).await.unwrap();
    assert_eq!(mails[0].message_id, mails[1].message_id);
    let token = |at: usize| {
        mails[at].text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    };
    assert_ne!(token(0), token(1));
    let verify = |token: String| {
        Answer::of(access.http.post(access.url(Verification, "/verify")).json(&json!({"token": token})))
    };
    let _verified = verify(token(0)).await.expect(200);
    let _used = verify(token(1)).await.refused(410, "token_used");

    // A permanent rejection: the email bounces, and the API shows the server's answer.
    shop.mailbox.fail_next(1, FaultKind::RejectForGood);
    let email = register(&access).await;
    let bounced =
        estore_tests::until(PATIENCE, async || status(&email).await, |mail| mail["status"] == "bounced")
            .await;
    assert!(bounced["last_smtp_answer"].as_str().unwrap().contains(&email), "{bounced}");
    let log = fs::read_to_string(shop.directory().join("verification.log")).unwrap();
    let line = log.lines().find(|line| line.contains("bounced")).unwrap();
    assert!(line.contains("550") && line.contains("Content") && !log.contains(&email), "{line}");

    // No answer: the service gives up after ten seconds and retries.
    shop.mailbox.fail_next(1, FaultKind::Hang);
    let email = register(&access).await;
    let _arrived = shop.mailbox.wait_for(&email, 1, PATIENCE).await.unwrap();
    let sent =
        estore_tests::until(PATIENCE, async || status(&email).await, |mail| mail["status"] == "sent").await;
    assert!(sent["attempts"].as_i64() >= Some(2), "{sent}");

    // An answer that cannot be read may be a yes, so the attempts are few. Most of them are over.
    shop.mailbox.set(Some(FaultKind::BareAnswer));
    let email = register(&access).await;
    let _copy = shop.mailbox.wait_for(&email, 1, PATIENCE).await.unwrap();
    let most = format!("UPDATE verifications SET attempts = 9, due_at = now() WHERE email = '{email}'");
    let _skipped = shop.postgres.sql("verificationdb", &most).unwrap();
    let _bounced =
        estore_tests::until(PATIENCE, async || status(&email).await, |mail| mail["status"] == "bounced")
            .await;
    shop.stop().await.unwrap();
}
