//! Products, lists and the basket.

use std::sync::atomic::Ordering;

use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{checkout::hidden, stage::Stage};

#[tokio::test]
async fn product_page_escapes_what_it_shows() {
    let stage = Stage::new().await;
    let page = stage.browser().get("/products/MUG-01").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Enamel &#60;Mug&#62;") && !page.text.contains("<Mug>"));
    assert!(page.text.contains("$14.90") && page.text.contains("Only 5 left"));
    assert!(page.text.contains("/api/inventory/images/mug.svg"));
    assert_eq!(page.text.matches("<h1").count(), 1);
}

#[tokio::test]
async fn list_shows_filters_with_counts_and_total() {
    let stage = Stage::new().await;
    let page = stage.browser().get("/products?q=mug&tag=camping&min=x").await;
    assert!(page.text.contains("1 product") && page.text.contains("camping (1)"));
    assert!(page.text.contains("One of the filters is not valid"));
    assert!(stage.browser().get("/categories/drinkware").await.text.contains("<h1>Drinkware</h1>"));
    assert_eq!(stage.browser().get("/categories/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn basket_says_what_has_changed() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let add = [("sku", "MUG-01"), ("quantity", "3")];
    let seen = browser.submit("/products/MUG-01", "/basket/add", &add).await;
    assert_eq!(seen.location(), "/basket");
    let page = browser.get("/basket").await;
    assert!(page.text.contains("It is in your basket.") && page.text.contains("$44.70"));
    assert!(page.text.contains("href=\"/checkout\""));
    stage.services.price.store(1590, Ordering::SeqCst);
    stage.services.left.store(2, Ordering::SeqCst);
    let page = browser.get("/basket").await;
    assert!(page.text.contains("The price has changed from $14.90 to $15.90."));
    assert!(page.text.contains("Only 2 left.") && !page.text.contains("href=\"/checkout\""));
    let seen = hidden(&page, "seen");
    let fields = [("sku", "MUG-01"), ("quantity", "2"), ("seen", seen.as_str())];
    browser.submit("/basket", "/basket", &fields).await;
    let page = browser.get("/basket").await;
    assert!(page.text.contains("$31.80") && !page.text.contains("has changed"));
    browser.submit("/basket", "/basket", &[("remove", "MUG-01")]).await;
    assert!(browser.get("/basket").await.text.contains("Your basket is empty."));
}

#[tokio::test]
async fn price_that_changes_under_a_form_is_said() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let add = [("sku", "MUG-01"), ("quantity", "3")];
    browser.submit("/products/MUG-01", "/basket/add", &add).await;
    let page = browser.get("/basket").await;
    let (token, seen) = (hidden(&page, "form_token"), hidden(&page, "seen"));
    stage.services.price.store(1590, Ordering::SeqCst);
    let fields =
        [("form_token", token.as_str()), ("sku", "MUG-01"), ("quantity", "2"), ("seen", seen.as_str())];
    browser.post("/basket", &fields).await;
    let page = browser.get("/basket").await;
    assert!(page.text.contains("The price has changed from $14.90 to $15.90."), "{}", page.text);
}

#[tokio::test]
async fn unknown_page_is_a_page() {
    let stage = Stage::new().await;
    for path in ["/nowhere", "/products/NONE", "/products/%20"] {
        let page = stage.browser().get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text.contains("There is no such page") && page.text.contains("<main"));
    }
}

#[tokio::test]
async fn list_without_facets_is_no_absent_catalogue() {
    let stage = Stage::new().await;
    stage.services.are_facets_away.store(true, Ordering::SeqCst);
    let page = stage.browser().get("/products").await;
    assert!(page.status == StatusCode::OK && page.text.contains("Enamel"), "{}", page.text);
    assert!(!page.text.contains("does not answer"));
}

/// Answers as a catalogue whose pages are empty, but not the last.
async fn sparse(request: Request) -> Response {
    match request.uri().path() {
        "/products" => Json(json!({"items": [], "next_cursor": "c"})).into_response(),
        "/categories" => Json(json!({"items": []})).into_response(),
        _ => StatusCode::BAD_GATEWAY.into_response(),
    }
}

#[tokio::test]
async fn empty_page_before_others_leads_on() {
    let stage = Stage::before(Router::new().fallback(sparse)).await;
    let page = stage.browser().get("/products").await;
    assert!(page.text.contains("cursor=c") && !page.text.contains("Nothing matches"), "{}", page.text);
}
