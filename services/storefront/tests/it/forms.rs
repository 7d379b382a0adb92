//! Forms are accepted from the storefront's own pages only.

use axum::http::{Method, StatusCode};

use crate::stage::Stage;

const ADD: [(&str, &str); 2] = [("sku", "MUG-01"), ("quantity", "1")];

#[tokio::test]
async fn form_without_its_token_is_refused() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    browser.get("/products/MUG-01").await;
    for token in ["", "k1.AAAA"] {
        let seen = browser.post("/basket/add", &[&ADD[..], &[("form_token", token)]].concat()).await;
        assert_eq!(seen.status, StatusCode::BAD_REQUEST);
        assert!(seen.text.contains("This form has expired"));
    }
    let mut other = stage.browser();
    let page = other.get("/products/MUG-01").await;
    let (_, rest) = page.text.split_once("name=\"form_token\" value=\"").unwrap();
    let stolen = rest.split('"').next().unwrap();
    let seen = browser.post("/basket/add", &[&ADD[..], &[("form_token", stolen)]].concat()).await;
    assert_eq!(seen.status, StatusCode::BAD_REQUEST);
    assert!(!browser.cookies.contains_key("__Host-shop-basket"));
}

#[tokio::test]
async fn form_of_another_site_does_nothing() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let seen = browser.post_from("https://evil.example", "/basket/add", &ADD).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    assert!(seen.text.contains("another site") && !browser.cookies.contains_key("__Host-shop-basket"));
}

#[tokio::test]
async fn body_that_is_no_form_is_refused() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let kind = [("content-type", "text/plain"), ("origin", "https://shop.example")];
    let seen = browser.send(Method::POST, "/basket/add", &kind, "sku=MUG-01&quantity=1".to_owned()).await;
    assert_eq!(seen.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn form_over_the_limit_is_refused() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let large = "x".repeat(300 << 10);
    let seen = browser.submit("/login", "/login", &[("email", &large), ("password", "x")]).await;
    assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(seen.text.contains("This form is too long"), "{}", seen.text);
}

#[tokio::test]
async fn address_that_is_none_gets_no_email() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let seen = browser.submit("/login", "/verify/resend", &[("email", "ada@localhost")]).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text.contains("This is not an email address"), "{}", seen.text);
}

#[tokio::test]
async fn language_switch_returns_to_its_page() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let fields = [("language", "de"), ("next", "/products?q=mug")];
    let seen = browser.submit("/products?q=mug", "/language", &fields).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/products?q=mug"));
    let page = browser.get("/products/MUG-01").await;
    assert!(page.text.contains("lang=\"de\"") && page.text.contains("14,90\u{a0}$"));
}
