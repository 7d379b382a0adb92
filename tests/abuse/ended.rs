//! Sessions that ended, in each way that a session can end.

use std::time::Duration;

use estore_testbed::ServiceName::{Inventory, Payment, User, Verification};
use estore_tests::{Access, Answer, Customer, PASSWORD, access, until};
use reqwest::Method;
use serde_json::json;

/// The time for which another service may trust an old answer (5 s), plus slack for a slow machine.
const BELIEVED: Duration = Duration::from_secs(15);

async fn refresh(access: &Access, token: &str) -> Answer {
    let body = json!({"refresh_token": token});
    access.post("/token/refresh", &body).await
}

/// Ends a session that was used at every service, and checks that every service then rejects it.
/// `how` names the way in which it ends.
async fn ends(how: &str, end: impl AsyncFnOnce(&Customer)) {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    for (service, path) in [(Inventory, "/products"), (Payment, "/orders")] {
        let _believed = customer.get(service, path).await.expect(200);
    }
    end(&customer).await;
    let _dead = refresh(&access, &customer.refresh_token).await.refused(401, "invalid_token");
    let _dead = customer.get(User, "/me").await.refused(401, "invalid_token");
    for (service, path) in [(Inventory, "/products"), (Payment, "/orders"), (Verification, "/templates")] {
        let ask = async || customer.get(service, path).await.status;
        let status = until(BELIEVED, ask, |status| *status != 200).await;
        assert_eq!(status, 401, "{how}, at {service}");
    }
}

#[tokio::test]
async fn token_is_dead_after_a_logout() {
    ends("logout", async |customer: &Customer| {
        let _done = Answer::of(customer.request(Method::POST, User, "/logout")).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn token_is_dead_after_its_account_is_closed() {
    ends("close", async |customer: &Customer| {
        let close = customer.request(Method::DELETE, User, "/me").json(&json!({"password": PASSWORD}));
        let _done = Answer::of(close).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn token_stays_dead_after_its_account_is_reenabled() {
    ends("disable", async |customer: &Customer| {
        let admin = Customer::admin(&customer.access).await;
        let id = customer.get(User, "/me").await.value()["id"].as_str().unwrap().to_owned();
        for status in ["disabled", "active"] {
            let patch = admin.request(Method::PATCH, User, &format!("/users/{id}"));
            let _done = Answer::of(patch.json(&json!({"status": status}))).await.expect(200);
        }
    })
    .await;
}

#[tokio::test]
async fn token_is_dead_after_a_remote_password_change() {
    ends("password", async |customer: &Customer| {
        let other = Customer::login(&customer.access, &customer.email, PASSWORD).await;
        let body = json!({"current_password": PASSWORD, "new_password": "another password, as good"});
        let change = other.request(Method::PUT, User, "/me/password").json(&body);
        let _done = Answer::of(change).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn token_is_dead_after_its_session_ended_remotely() {
    ends("session", async |customer: &Customer| {
        let other = Customer::login(&customer.access, &customer.email, PASSWORD).await;
        let sessions = other.get(User, "/me/sessions").await.value();
        let first = sessions["items"][1]["id"].as_str().unwrap().to_owned();
        let end = other.request(Method::DELETE, User, &format!("/me/sessions/{first}"));
        let _done = Answer::of(end).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn every_failed_refresh_gets_the_same_refusal() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let other = Customer::register(&access, Access::mailbox()).await;
    let _out = Answer::of(customer.request(Method::POST, User, "/logout")).await.expect(204);
    let _spent = refresh(&access, &other.refresh_token).await.expect(200);
    other.outlive_leeway();
    let random = "A".repeat(43);
    let long = "A".repeat(4096);
    let mut bodies = Vec::new();
    for token in [&customer.refresh_token, &other.refresh_token, &random, &long, &customer.access_token] {
        let mut refused = refresh(&access, token).await.refused(401, "invalid_token");
        refused.request_id.clear();
        bodies.push(refused);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
}
