//! Logins on several devices.

use estore_contract::{
    Page,
    user::{Session, Tokens},
};
use estore_testbed::ServiceName::User;
use estore_tests::{Access, Answer, Customer, PASSWORD, access};
use reqwest::{Method, header};
use serde_json::json;

/// Logs the same person in again, with a device of this name.
async fn device(customer: &Customer, name: &str) -> Customer {
    let request = customer.access.http.post(customer.access.url(User, "/login"));
    let body = json!({"email": customer.email, "password": PASSWORD});
    let tokens: Tokens =
        Answer::of(request.header(header::USER_AGENT, name).json(&body)).await.expect(200).json();
    Customer {
        access_token: tokens.access_token.expose().to_owned(),
        refresh_token: tokens.refresh_token.expose().to_owned(),
        ..customer.clone()
    }
}

async fn end(customer: &Customer, id: &str) -> Answer {
    Answer::of(customer.request(Method::DELETE, User, &format!("/me/sessions/{id}"))).await
}

#[tokio::test]
async fn owner_lists_sessions_and_ends_a_lost_device() {
    let access = access();
    let laptop = Customer::register(&access, Access::mailbox()).await;
    let phone = device(&laptop, "a phone").await;
    let seen: Page<Session> = laptop.get(User, "/me/sessions").await.expect(200).json();
    let [newest, oldest] = &seen.items[..] else { panic!("{seen:?}") };
    assert_eq!(
        (newest.user_agent.as_deref(), newest.current, oldest.current),
        (Some("a phone"), false, true)
    );
    assert!(newest.created_at >= oldest.created_at && newest.last_used_at >= newest.created_at);

    let _ended = end(&laptop, &newest.id.to_string()).await.expect(204);
    let _dead = phone.get(User, "/me").await.refused(401, "invalid_token");
    let _again = end(&laptop, &newest.id.to_string()).await.refused(404, "not_found");
    let _on = laptop.get(User, "/me").await.expect(200);
}

#[tokio::test]
async fn session_pages_continue_without_gap() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    for name in ["one", "two"] {
        let _login = device(&customer, name).await;
    }
    let mut path = "/me/sessions?limit=1".to_owned();
    let mut names = Vec::new();
    loop {
        let page: Page<Session> = customer.get(User, &path).await.expect(200).json();
        names.extend(page.items.into_iter().filter_map(|session| session.user_agent));
        let Some(cursor) = page.next_cursor else { break };
        path = format!("/me/sessions?limit=1&cursor={cursor}");
    }
    assert_eq!(names, ["two", "one"], "the first has no name");
}

#[tokio::test]
async fn sessions_of_others_are_hidden() {
    let access = access();
    let ada = Customer::register(&access, Access::mailbox()).await;
    let eve = Customer::register(&access, Access::mailbox()).await;
    let hers: Page<Session> = ada.get(User, "/me/sessions").await.json();
    for id in
        [hers.items[0].id.to_string(), "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01".to_owned(), "x".to_owned()]
    {
        let _refused = end(&eve, &id).await.refused(404, "not_found");
    }
    let _on = ada.get(User, "/me").await.expect(200);
    let his: Page<Session> = eve.get(User, "/me/sessions").await.json();
    assert_eq!(his.items.len(), 1);
}
