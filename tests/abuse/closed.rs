//! Closed accounts leave nothing behind.

use estore_stage::ServiceName::User;
use estore_tests::{Access, Answer, Customer, PASSWORD, access, shop};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn nothing_personal_of_a_closed_account_stays_in_the_users_database() {
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
