//! The services' APIs below the storefront's address.

use std::net::Ipv4Addr;

use axum::http::{Method, StatusCode};
use estore_contract::Code;
use tokio::net::TcpListener;

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

/// Returns the address of a service that reads requests, and closes each connection without an
/// answer.
async fn mute() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            socket.readable().await.unwrap();
            let _read = socket.try_read(&mut [0; 4096]);
        }
    });
    address
}

#[tokio::test]
async fn forwarded_write_without_answer_is_unknown() {
    let stage = Stage::at(&mute().await, &[]);
    for (method, code) in [
        (Method::GET, Code::Unavailable),
        (Method::POST, Code::OutcomeUnknown),
        (Method::PUT, Code::OutcomeUnknown),
        (Method::PATCH, Code::OutcomeUnknown),
        (Method::DELETE, Code::OutcomeUnknown),
    ] {
        let seen = stage.browser().send(method.clone(), "/api/payment/orders", &[], "{}".to_owned()).await;
        assert_eq!((seen.status, seen.code), (StatusCode::SERVICE_UNAVAILABLE, Some(code)), "{method}");
        assert_eq!(seen.headers["retry-after"], "1");
    }
}

#[tokio::test]
async fn write_that_reached_no_service_did_nothing() {
    let seen = Stage::alone().browser().send(Method::POST, "/api/payment/orders", &[], "{}".to_owned()).await;
    assert_eq!((seen.status, seen.code), (StatusCode::SERVICE_UNAVAILABLE, Some(Code::Unavailable)));
}
