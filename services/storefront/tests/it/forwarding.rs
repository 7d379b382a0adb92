//! The services' APIs below the storefront's address.

use axum::http::{Method, StatusCode};

use crate::stage::Stage;

#[tokio::test]
async fn call_keeps_its_path_query_and_body() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    assert_eq!(browser.get("/api/payment/echo?a=%2F&b=+").await.text, "a=%2F&b=+");
    let headers =
        [("authorization", "Bearer x"), ("content-type", "text/plain"), ("x-forwarded-for", "6.6.6.6")];
    let seen = browser.send(Method::POST, "/api/user/echo", &headers, "body".to_owned()).await;
    assert_eq!((seen.status, seen.text.as_str()), (StatusCode::OK, "body"));
    assert_eq!(stage.services.header("authorization").as_deref(), Some("Bearer x"));
    assert_eq!(stage.services.header("x-forwarded-for").as_deref(), Some("192.0.2.7"));
}

#[tokio::test]
async fn cookies_cross_the_proxy_in_neither_direction() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    browser.login().await;
    browser.send(Method::POST, "/api/user/echo", &[], "body".to_owned()).await;
    assert_eq!(stage.services.header("cookie"), None);
    assert!(!browser.cookies.contains_key("theirs"));
}

#[tokio::test]
async fn unknown_service_is_not_found() {
    let stage = Stage::new().await;
    for path in ["/api/shop/products", "/api/user"] {
        assert_eq!(stage.browser().get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let alone = Stage::alone().browser().get("/api/inventory/products").await;
    assert_eq!(alone.status, StatusCode::SERVICE_UNAVAILABLE);
}
