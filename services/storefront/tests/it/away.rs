//! Pages while services do not answer.

use std::sync::atomic::Ordering;

use axum::{
    Json, Router,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{
    checkout::{filled, hidden, send, set, shopper},
    stage::Stage,
};

#[tokio::test]
async fn pages_say_what_does_not_work() {
    let stage = Stage::alone();
    let mut browser = stage.browser();
    let home = browser.get("/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.text.contains("The catalogue does not answer right now"));
    let product = browser.get("/products/MUG-01").await;
    assert_eq!(product.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(product.text.contains("Try again") && product.text.contains("Your basket is kept"));
    assert_eq!(browser.get("/products").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(product.headers["retry-after"], "1");
    assert_eq!(browser.get("/basket").await.status, StatusCode::OK);
    let fields = [("email", "ada@example.com"), ("password", "x")];
    let login = browser.submit("/login", "/login", &fields).await;
    assert_eq!(login.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(login.text.contains("Accounts do not answer right now"));
}

#[tokio::test]
async fn session_outlives_an_absent_user_service() {
    let (stage, alone) = (Stage::new().await, Stage::alone());
    let mut browser = stage.browser();
    stage.services.lifetime.store(0, Ordering::SeqCst);
    browser.login().await;
    let mut elsewhere = alone.browser();
    elsewhere.cookies = browser.cookies.clone();
    let page = elsewhere.get("/basket").await;
    assert!(page.text.contains("You stay logged in"));
    assert_eq!(elsewhere.cookies["__Host-shop-session"], browser.cookies["__Host-shop-session"]);
}

/// Answers as a catalogue for visitors who are logged in, beside a User Service that is away.
async fn closed(request: Request) -> Response {
    if request.uri().path() == "/token/refresh" {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let body =
        json!({"error": "E", "message": "m", "status_code": 401, "code": "missing_token", "request_id": "r"});
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

#[tokio::test]
async fn waiting_session_is_not_led_to_login() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    stage.services.lifetime.store(0, Ordering::SeqCst);
    browser.login().await;
    let mut elsewhere = Stage::before(Router::new().fallback(closed)).await.browser();
    elsewhere.cookies = browser.cookies.clone();
    let page = elsewhere.get("/products/MUG-01").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text.contains("You stay logged in"), "{}", page.text);
}

#[tokio::test]
async fn waiting_session_loses_nothing_written() {
    let stage = Stage::new().await;
    stage.services.lifetime.store(0, Ordering::SeqCst);
    let mut browser = stage.browser();
    browser.login().await;
    let mut elsewhere = Stage::alone().browser();
    elsewhere.cookies = browser.cookies;
    for (path, fields) in [
        ("/account/addresses", [("line1", "1 Main Street"), ("city", "Berlin"), ("country", "DE")]),
        ("/admin/products/A", [("name", "Cup"), ("version", "1"), ("action", "save")]),
    ] {
        let page = elsewhere.submit("/basket", path, &fields).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(page.text.contains(&format!("action=\"{path}\"")), "{path}: {}", page.text);
        assert!(page.text.contains("Nothing was done.") && page.text.contains("You stay logged in"));
        for (name, value) in fields {
            assert_eq!(hidden(&page, name), value, "{path}");
        }
    }
}

#[tokio::test]
async fn checkout_of_a_waiting_session_keeps_its_key() {
    let stage = Stage::new().await;
    let mut browser = shopper(&stage).await;
    let mut form = filled(&browser.get("/checkout").await);
    stage.services.lifetime.store(0, Ordering::SeqCst);
    let mut expired = stage.browser();
    expired.login().await;
    let session = "__Host-shop-session";
    browser.cookies.insert(session.to_owned(), expired.cookies[session].clone());

    let mut elsewhere = Stage::alone().browser();
    elsewhere.cookies = browser.cookies.clone();
    let card = [("number", "5555 5555 5555 4444"), ("cvc", "739")];
    let card = card.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let page = send(&mut elsewhere, &[&form[..], &card].concat()).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.text);
    assert!(!page.text.contains("5555 5555") && !page.text.contains("name=\"cvc\""), "{}", page.text);
    for name in ["key", "lines", "total", "address", "line1", "city", "card"] {
        let sent = form.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        assert_eq!(Some(hidden(&page, name)), sent, "{name}");
    }
    set(&mut form, "form_token", &hidden(&page, "form_token"));
    let placed = send(&mut browser, &form).await;
    assert_eq!((placed.status, stage.services.till.orders()), (StatusCode::SEE_OTHER, 1), "{}", placed.text);
}

#[tokio::test]
async fn orders_that_cannot_be_read_are_unavailable() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    browser.login().await;
    let mut elsewhere = Stage::alone().browser();
    elsewhere.cookies = browser.cookies.clone();
    let page = elsewhere.get("/orders").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text.contains("Orders and cards do not answer right now"), "{}", page.text);
}

/// Answers as services with too many requests.
async fn busy() -> Response {
    let body =
        json!({"error": "E", "message": "m", "status_code": 429, "code": "rate_limited", "request_id": "r"});
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "42")], Json(body)).into_response()
}

#[tokio::test]
async fn busy_page_says_when_to_come_again() {
    let mut browser = Stage::before(Router::new().fallback(busy)).await.browser();
    let product = browser.get("/products/MUG-01").await;
    let email = ("email", "ada@example.com");
    let login = browser.submit("/login", "/login", &[email, ("password", "x")]).await;
    let fields = [email, ("name", "Ada"), ("password", "a good long password")];
    let register = browser.submit("/register", "/register", &fields).await;
    let form = "name=\"email\"";
    for (page, says) in [(product, "A little slower, please"), (login, form), (register, form)] {
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.headers["retry-after"], "42");
        assert!(page.text.contains(says), "{}", page.text);
    }
}

#[tokio::test]
async fn unanswered_form_keeps_all_but_the_password() {
    let mut browser = Stage::alone().browser();
    let (email, password) = (("email", "ada@example.com"), ("password", "a good long password"));
    for (on, path, fields) in [
        ("/register", "/register", vec![("name", "Ada"), email, password]),
        ("/login", "/login", vec![email, password]),
        ("/password/forgot", "/password/forgot", vec![email]),
        ("/login", "/verify/resend", vec![email]),
    ] {
        let page = browser.submit(on, path, &fields).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(page.text.contains("Accounts do not answer right now"), "{path}: {}", page.text);
        for (name, value) in fields.into_iter().filter(|field| *field != password) {
            let kept = format!("name=\"{name}\"");
            let field = page.text.lines().find(|line| line.contains(&kept));
            assert!(field.is_some_and(|line| line.contains(value)), "{path} loses {name}: {}", page.text);
        }
        assert!(!page.text.contains(password.1), "{path}");
    }
}
