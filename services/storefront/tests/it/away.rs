//! Pages while services do not answer.

use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::stage::Stage;

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
    stage.services.lifetime.store(0, std::sync::atomic::Ordering::SeqCst);
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
    stage.services.lifetime.store(0, std::sync::atomic::Ordering::SeqCst);
    browser.login().await;
    let mut elsewhere = Stage::before(Router::new().fallback(closed)).await.browser();
    elsewhere.cookies = browser.cookies.clone();
    let page = elsewhere.get("/products/MUG-01").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text.contains("You stay logged in"), "{}", page.text);
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
