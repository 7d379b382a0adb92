//! Closed accounts leave nothing behind.

use std::time::Duration;

use estore_testbed::ServiceName::User;
use estore_tests::{Access, Answer, Customer, PASSWORD, access, shop, until};
use reqwest::Method;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn closed_account_leaves_no_personal_data() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let body = json!({"name": "Canaria Vogel", "phone": "+49301234567"});
    let _patched = Answer::of(customer.request(Method::PATCH, User, "/me").json(&body)).await.expect(200);
    let body = json!({"password": PASSWORD});
    let _closed = Answer::of(customer.request(Method::DELETE, User, "/me").json(&body)).await.expect(204);
    let rows = "SELECT (SELECT count(*) FROM users WHERE email = '{}') + (SELECT count(*) FROM outbox WHERE email = '{}')";
    let left = shop().postgres.sql("userdb", &rows.replace("{}", &customer.email)).unwrap();
    assert_eq!(left.trim(), "0");
}

#[tokio::test]
async fn erasures_can_be_repeated_after_a_restore() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let id = customer.get(User, "/me").await.value()["id"].as_str().unwrap().to_owned();
    let body = json!({"password": PASSWORD});
    let _closed = Answer::of(customer.request(Method::DELETE, User, "/me").json(&body)).await.expect(204);
    let sql = |statement: &str| {
        shop().postgres.sql("userdb", &statement.replace("{}", &id)).unwrap().trim().to_owned()
    };
    let done = || sql("SELECT count(*) FROM erasures WHERE user_id = '{}' AND done_at IS NOT NULL");
    let _both = until(PATIENCE, async || done(), |done| done == "2").await;
    // The statement that docs/operations.md gives.
    let _again = sql("UPDATE erasures SET done_at = NULL, due_at = now() WHERE user_id = '{}'");
    let _both = until(PATIENCE, async || done(), |done| done == "2").await;
}
