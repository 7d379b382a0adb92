//! The first page: what waits for a person, and the stock that runs out.

use axum::http::StatusCode;
use serde_json::json;

use super::fake::Office;
use crate::stage::Seen;

/// Returns the page of a shop whose orders are behind too many pages, or are refused after some.
/// No refund has failed.
async fn unsearched(pages_allowed: Option<usize>) -> Seen {
    let mut office = Office::new().await;
    *office.shop.pages_before.lock().unwrap() = 1000;
    *office.shop.pages_allowed.lock().unwrap() = pages_allowed;
    office.shop.refuses.lock().unwrap().insert("GET /refunds/failed".to_owned(), (404, "not_found"));
    let seen = office.get("/admin").await;
    assert_eq!(seen.status, StatusCode::OK);
    seen
}

#[tokio::test]
async fn orders_are_found_behind_empty_pages() {
    let mut office = Office::new().await;
    *office.shop.pages_before.lock().unwrap() = 2;
    let seen = office.get("/admin").await;
    for text in ["Order in progress for more than 10 minutes", "The card was declined."] {
        assert!(seen.text.contains(text), "{text}: {}", seen.text);
    }
}

#[tokio::test]
async fn unsearched_orders_are_no_all_clear() {
    let seen = unsearched(None).await;
    for all_clear in ["Nothing waits for you.", "No order was declined lately."] {
        assert!(!seen.text.contains(all_clear), "{all_clear}: {}", seen.text);
    }
    assert!(seen.text.contains("Only the latest orders were searched for stuck ones."));
    assert!(seen.text.contains("href=\"/admin/orders?status=pending\""));
}

#[tokio::test]
async fn refused_later_page_keeps_what_was_found() {
    let seen = unsearched(Some(2)).await;
    assert!(seen.text.contains("Only the latest orders were searched for stuck ones."), "{}", seen.text);
}

#[tokio::test]
async fn sold_out_products_hide_no_scarce_ones() {
    let mut office = Office::new().await;
    office.shop.put("C", "active");
    // The shop has two products on each page.
    for sku in ["A", "B"] {
        office.shop.products.lock().unwrap().get_mut(sku).unwrap()["available"] = json!(0);
    }
    let seen = office.get("/admin").await;
    for text in ["Mug A", "Mug B", "Mug C", "href=\"/admin/products?sort=available\""] {
        assert!(seen.text.contains(text), "{text}: {}", seen.text);
    }
}
