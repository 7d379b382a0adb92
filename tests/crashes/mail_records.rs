//! Emails that the mail server has accepted are recorded, so that they are sent once.

use std::{fs, time::Duration};

use estore_testbed::{FaultKind, ServiceName::Verification, Shop};
use estore_tests::{Answer, directory, fresh, peer, unique, unique_id, until};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);
const DATABASE: &str = "verificationdb";

/// Lets the first two records of accepted emails fail, as if the table was locked.
const LOCKED: &str = "
    CREATE SEQUENCE records;
    CREATE FUNCTION locked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('records') <= 2 THEN RAISE EXCEPTION 'locked' USING ERRCODE = 'lock_not_available'; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER locked BEFORE UPDATE ON verifications FOR EACH ROW WHEN (NEW.status = 'sent')
        EXECUTE FUNCTION locked();
";

/// Requests emails to `count` addresses at once, and returns the addresses.
async fn request(shop: &Shop, count: usize) -> Vec<String> {
    let to: Vec<String> = (0..count).map(|_| format!("{}@example.com", unique())).collect();
    let request = |email: &String| {
        let data = json!({"name": "Ada", "notice": "your password was changed"});
        json!({"user_id": unique_id(), "email": email, "purpose": "security_notice", "idempotency_key": unique(), "data": data})
    };
    let requests: Vec<Value> = to.iter().map(request).collect();
    let port = &shop.environment(Verification)["INTERNAL_PORT"];
    let url = format!("https://127.0.0.1:{port}/internal/verifications/batch");
    let answer = Answer::of(peer(shop, "user").post(url).json(&json!({"requests": requests}))).await;
    assert_eq!(answer.expect(202).value()["accepted"], count);
    to
}

/// Returns how often each address got its email.
fn arrived(shop: &Shop, to: &[String]) -> Vec<usize> {
    to.iter().map(|to| shop.mailbox.messages_to(to).len()).collect()
}

/// Waits until all emails of [`request`] are recorded as sent.
async fn recorded(shop: &Shop) {
    let left = "SELECT count(*) FROM verifications WHERE purpose = 'security_notice' AND status <> 'sent'";
    let left = async || shop.postgres.sql(DATABASE, left).unwrap().trim().to_owned();
    let _none = until(PATIENCE, left, |left| left == "0").await;
}

#[tokio::test]
async fn email_is_sent_once_although_records_fail() {
    let mut shop = Shop::start(fresh(directory("mail-records"), &[])).await.unwrap();
    let _armed = shop.postgres.sql(DATABASE, LOCKED).unwrap();
    let to = request(&shop, 1).await;
    recorded(&shop).await;
    assert_eq!(arrived(&shop, &to), [1]);
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn orderly_stop_records_every_accepted_email() {
    let mut shop = Shop::start(fresh(directory("mail-stop"), &[])).await.unwrap();
    shop.mailbox.set(Some(FaultKind::LateAnswer));
    let to = request(&shop, 12).await;
    // One email on each connection of the job.
    let begun = async || arrived(&shop, &to).iter().sum::<usize>();
    let _begun = until(PATIENCE, begun, |begun| *begun == 4).await;
    shop.service(Verification).signal("TERM").unwrap();
    let log = shop.directory().join("verification.log");
    let stops = async || fs::read_to_string(&log).unwrap().contains("stopping jobs");
    let _stops = until(PATIENCE, stops, |stops| *stops).await;
    // These emails are answered. An email that began now would get no answer.
    shop.mailbox.set(Some(FaultKind::Hang));
    let _status = shop.service(Verification).died(PATIENCE).await.unwrap();
    shop.mailbox.set(None);
    let due = "UPDATE verifications SET due_at = now() WHERE status = 'pending'";
    let _due = shop.postgres.sql(DATABASE, due).unwrap();
    shop.service(Verification).start_again().unwrap();
    recorded(&shop).await;
    assert_eq!(arrived(&shop, &to), [1; 12]);
    shop.stop().await.unwrap();
}
