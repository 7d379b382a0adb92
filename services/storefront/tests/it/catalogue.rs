//! Products, lists and the basket.

use std::{sync::atomic::Ordering, time::Duration};

use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use tokio::time::{sleep, timeout};

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
async fn new_category_has_its_page_soon() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    assert_eq!(browser.get("/categories/drinkware").await.status, StatusCode::OK);
    stage.services.has_news.store(true, Ordering::SeqCst);
    let shown = async {
        while browser.get("/categories/news").await.status != StatusCode::OK {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(15), shown).await.unwrap();
}

#[tokio::test]
async fn chosen_currency_can_be_taken_back() {
    let stage = Stage::new().await;
    for (query, code) in [("currency=USD", "USD"), ("price_in=USD&min=5", "USD"), ("currency=EUR", "EUR")] {
        let page = stage.browser().get(&format!("/products?{query}")).await.text;
        let (_, select) =
            page.split_once("<select id=\"currency\"").unwrap_or_else(|| panic!("{query}: {page}"));
        let (select, _) = select.split_once("</select>").unwrap();
        let chosen = format!("<option value=\"{code}\" selected>");
        assert!(select.contains("<option value=\"\">") && select.contains(&chosen), "{query}: {select}");
        assert!(!page.contains("name=\"price_in\"") && page.contains("Clear all filters"), "{query}: {page}");
        assert!(!page.contains("One of the filters is not valid"), "{query}: {page}");
    }
}

#[tokio::test]
async fn other_filters_choose_no_currency() {
    let stage = Stage::new().await;
    let page = stage.browser().get("/products?tag=camping").await;
    assert_eq!(hidden(&page, "price_in"), "USD");
    assert!(!page.text.contains("name=\"currency\""), "{}", page.text);
    // The visitor takes the tag back.
    let page = stage.browser().get("/products?price_in=USD&min=&max=").await;
    assert!(!page.text.contains("name=\"currency\"") && !page.text.contains("Clear all filters"));
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

/// Answers as a catalogue that refuses every cursor.
async fn forgetful(request: Request) -> Response {
    let refusal = json!({
        "error": "E", "message": "m", "status_code": 422, "code": "validation_error", "request_id": "r",
    });
    let tree = json!({"items": [{"slug": "drinkware", "name": "Drinkware", "count": 1, "children": []}]});
    match request.uri().path() {
        "/products" if request.uri().query().is_some_and(|query| query.contains("cursor=")) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(refusal)).into_response()
        }
        "/products" => Json(json!({"items": [], "next_cursor": null})).into_response(),
        "/categories" => Json(tree).into_response(),
        _ => StatusCode::BAD_GATEWAY.into_response(),
    }
}

#[tokio::test]
async fn list_with_a_refused_cursor_begins_anew() {
    let mut browser = Stage::before(Router::new().fallback(forgetful)).await.browser();
    for (path, first) in [
        ("/products?q=a%26b&tag=x&cursor=old&back=older", "/products?q=a%26b&tag=x"),
        ("/categories/drinkware?stock=1&cursor=old", "/categories/drinkware?category=drinkware&stock=1"),
    ] {
        let seen = browser.get(path).await;
        assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, first));
        assert_eq!(browser.get(first).await.status, StatusCode::OK);
    }
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
