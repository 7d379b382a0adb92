//! The account of a customer.

use std::sync::atomic::Ordering;

use axum::{Router, http::StatusCode};

use crate::{
    checkout::hidden,
    stage::{Browser, PASSWORD, Stage},
};

async fn customer(stage: &Stage) -> Browser {
    let mut browser = stage.browser();
    browser.login().await;
    browser
}

#[tokio::test]
async fn every_page_of_an_account_has_one_heading() {
    let stage = Stage::new().await;
    let mut browser = customer(&stage).await;
    for path in ["", "/addresses", "/cards", "/sessions", "/email", "/password", "/data", "/close"] {
        let page = browser.get(&format!("/account{path}")).await;
        assert_eq!((page.status, page.text.matches("<h1").count()), (StatusCode::OK, 1), "{path}");
        assert_eq!(page.headers["cache-control"], "no-store");
    }
    let profile = browser.get("/account").await;
    assert!(profile.text.contains("Ada &#60;L&#62;"), "{}", profile.text);
}

#[tokio::test]
async fn account_is_for_its_owner_only() {
    let stage = Stage::new().await;
    let seen = stage.browser().get("/account/cards").await;
    assert_eq!(seen.location(), "/login?next=%2Faccount%2Fcards");
}

#[tokio::test]
async fn profile_with_a_wrong_phone_is_shown_again() {
    let stage = Stage::new().await;
    let mut browser = customer(&stage).await;
    let fields = [("name", "Ada"), ("phone", "030 123"), ("locale", "en")];
    let seen = browser.submit("/account", "/account", &fields).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text.contains("begin with +") && seen.text.contains("value=\"030 123\""), "{}", seen.text);
}

#[tokio::test]
async fn full_address_book_is_explained() {
    let stage = Stage::new().await;
    let mut browser = customer(&stage).await;
    let fields =
        [("line1", "1 Main Street"), ("postal_code", "10115"), ("city", "Berlin"), ("country", "DE")];
    let seen = browser.submit("/account/addresses", "/account/addresses", &fields).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert!(seen.text.contains("delete one first") && seen.text.contains("1 Main Street"));
}

#[tokio::test]
async fn other_sessions_end_together() {
    let stage = Stage::new().await;
    let mut browser = customer(&stage).await;
    stage.services.session_pages.store(3, Ordering::SeqCst);
    let seen = browser.submit("/account/sessions", "/account/sessions/end-others", &[]).await;
    assert_eq!(seen.location(), "/account/sessions");
    assert_eq!(stage.services.session_pages.load(Ordering::SeqCst), 0, "those of every page end");
    assert!(browser.get("/account/sessions").await.text.contains("Nobody is logged in there"));
}

#[tokio::test]
async fn wrong_password_changes_nothing() {
    let stage = Stage::new().await;
    let mut browser = customer(&stage).await;
    let wrong = [("current_password", "wrong"), ("new_password", "another-long-one")];
    let seen = browser.submit("/account/password", "/account/password", &wrong).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text.contains("This password is wrong.") && !seen.text.contains("another-long-one"));
    let seen = browser.submit("/account/close", "/account/close", &[("password", "wrong")]).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.cookies.contains_key("__Host-shop-session"));
}

#[tokio::test]
async fn closed_account_leaves_no_cookies() {
    let stage = Stage::new().await;
    let mut browser = customer(&stage).await;
    let seen = browser.submit("/account/close", "/account/close", &[("password", PASSWORD)]).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/"));
    assert!(!browser.cookies.contains_key("__Host-shop-session"));
    assert!(browser.get("/").await.text.contains("Your account is closed"));
}

#[tokio::test]
async fn export_is_a_file() {
    let stage = Stage::new().await;
    let mut browser = customer(&stage).await;
    let seen = browser.get("/account/export").await;
    assert_eq!(seen.headers["content-disposition"], "attachment; filename=\"my-data.json\"");
    assert!(seen.text.contains("ada@example.com"));
}

/// Answers with the data of a customer with years of orders: 9 MiB.
async fn large() -> Vec<u8> {
    vec![b' '; 9 << 20]
}

#[tokio::test]
async fn large_export_comes_whole() {
    let stage = Stage::new().await;
    let browser = customer(&stage).await;
    let mut elsewhere = Stage::before(Router::new().fallback(large)).await.browser();
    elsewhere.cookies = browser.cookies.clone();
    let seen = elsewhere.get("/account/export").await;
    assert_eq!((seen.status, seen.body.len()), (StatusCode::OK, 9 << 20));
}

#[tokio::test]
async fn card_without_answer_keeps_its_key() {
    let stage = Stage::new().await;
    let mut browser = customer(&stage).await;
    let page = browser.get("/account/cards").await;
    let (key, token) = (hidden(&page, "key"), hidden(&page, "form_token"));
    let fields = [
        ("form_token", token.as_str()),
        ("key", key.as_str()),
        ("number", "5555 5555 5555 4444"),
        ("expiry", "12/29"),
        ("cvc", "739"),
    ];
    let mut elsewhere = Stage::alone().browser();
    elsewhere.cookies = browser.cookies.clone();
    let seen = elsewhere.post("/account/cards", &fields).await;
    assert_eq!((seen.status, hidden(&seen, "key")), (StatusCode::SERVICE_UNAVAILABLE, key));
    assert!(
        seen.text.contains("it is saved once") && !seen.text.contains("not kept any card"),
        "{}",
        seen.text
    );
    assert!(!seen.text.contains("5555 5555") && !seen.text.contains("739"));
}

#[tokio::test]
async fn address_survives_an_absent_user_service() {
    let stage = Stage::new().await;
    let mut browser = customer(&stage).await;
    let token = hidden(&browser.get("/account/addresses").await, "form_token");
    let mut elsewhere = Stage::alone().browser();
    elsewhere.cookies = browser.cookies.clone();
    let fields = [
        ("form_token", token.as_str()),
        ("line1", "1 Main Street"),
        ("postal_code", "10115"),
        ("city", "Berlin"),
        ("country", "DE"),
    ];
    let seen = elsewhere.post("/account/addresses", &fields).await;
    assert_eq!(
        (seen.status, hidden(&seen, "line1").as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "1 Main Street")
    );
    assert!(seen.text.contains("action=\"/account/addresses\""), "{}", seen.text);
}
