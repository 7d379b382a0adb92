//! All pages: who sees them, and what each of them has.

use axum::http::StatusCode;

use super::fake::{ID, ID_NUMBER, Office};

const PAGES: [&str; 14] = [
    "/admin",
    "/admin?days=90",
    "/admin/orders",
    "/admin/orders/0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01",
    "/admin/products",
    "/admin/products/A",
    "/admin/new-product",
    "/admin/import",
    "/admin/categories",
    "/admin/categories/mugs",
    "/admin/customers",
    "/admin/customers/0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01",
    "/admin/mails",
    "/admin/templates/email/en",
];

#[tokio::test]
async fn customer_finds_no_back_office() {
    let mut customer = Office::of("ada@example.com").await;
    for path in PAGES.into_iter().chain(["/admin/products.csv", "/admin/templates/email/en/preview"]) {
        assert_eq!(customer.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let refund = format!("/admin/orders/{ID}/refund");
    assert_eq!(customer.submit("/", &refund, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(customer.shop.changes(), []);
}

#[tokio::test]
async fn stranger_is_led_to_the_login() {
    let mut stranger = Office::of("").await;
    let seen = stranger.get("/admin/orders?status=completed").await;
    assert_eq!(seen.location(), "/login?next=%2Fadmin%2Forders%3Fstatus%3Dcompleted");
}

#[tokio::test]
async fn every_page_is_complete_in_both_languages() {
    let mut office = Office::new().await;
    for language in ["en", "de"] {
        office.browser.language = language;
        for path in PAGES {
            let seen = office.get(path).await;
            assert_eq!(seen.status, StatusCode::OK, "{path}: {}", seen.text);
            assert!(seen.text.contains(&format!("<html lang=\"{language}\"")), "{path}");
            assert_eq!(seen.text.matches("<h1").count(), 1, "{path}");
            assert_eq!(seen.text.matches("aria-current=\"page\"").count(), 1, "{path}");
            for inline in [" style=", "<style", " onclick=", "<script>", "Ada <i>"] {
                assert!(!seen.text.contains(inline), "{path} has {inline}");
            }
        }
    }
}

#[tokio::test]
async fn id_that_is_none_has_a_page() {
    let mut office = Office::new().await;
    for path in ["/admin/orders/x/cancel", "/admin/orders/x/refund"] {
        let seen = office.submit("/admin", path, &[]).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}");
        assert!(seen.text.contains("There is no such page"), "{path}");
    }
    assert_eq!(office.get("/admin/categories/none").await.status, StatusCode::NOT_FOUND);
}

/// Returns the link of a page with this relation.
fn link(page: &str, relation: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("rel=\"{relation}\" href=\""))?;
    Some(rest.split('"').next()?.replace("&#38;", "&"))
}

#[tokio::test]
async fn list_leads_forward_and_back() {
    let mut office = Office::new().await;
    for sku in ["C", "D", "E", "F"] {
        office.shop.put(sku, "active");
    }
    // The shop has two products on each page.
    let mut pages = vec!["/admin/products?q=Mug".to_owned()];
    while let Some(next) = link(&office.get(pages.last().unwrap()).await.text, "next") {
        pages.push(next);
    }
    assert_eq!(pages.len(), 3);
    for (at, skus) in [(2, ["E", "F"]), (1, ["C", "D"]), (0, ["A", "B"])] {
        let seen = office.get(&pages[at]).await;
        for sku in skus {
            assert!(seen.text.contains(&format!("/admin/products/{sku}\"")), "{sku} on page {at}");
        }
        if at > 0 {
            pages[at - 1] = link(&seen.text, "prev").expect("a previous page");
            assert!(pages[at - 1].contains("q=Mug"), "{}", pages[at - 1]);
        } else {
            assert_eq!(link(&seen.text, "prev"), None);
        }
    }
}

#[tokio::test]
async fn plots_have_titles_and_tables() {
    let mut office = Office::new().await;
    let seen = office.get("/admin").await;
    assert_eq!(seen.text.matches("<figure").count(), 4);
    assert_eq!(seen.text.matches("<figure").count(), seen.text.matches("<caption").count());
    assert_eq!(seen.text.matches("role=\"img\"").count(), 4);
    assert!(seen.text.contains("$104.30"), "revenue of seven orders");
    assert!(seen.text.contains("550 no such user") && seen.text.contains("Mug A"));
    assert!(
        seen.text.contains("Refund was rejected: $14.90") && seen.text.contains("expired_or_canceled_card")
    );
}

#[tokio::test]
async fn page_goes_on_without_an_absent_service() {
    for (away, path) in [
        ("/reports", "/admin"),
        ("/refunds/failed", "/admin"),
        ("/verifications", "/admin"),
        ("/products", "/admin"),
        ("/orders", "/admin"),
        ("/transactions", "/admin/customers/0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01"),
        ("/categories", "/admin/products/A"),
        ("/templates", "/admin/mails"),
    ] {
        let mut office = Office::new().await;
        *office.shop.away.lock().unwrap() = Some(away);
        let seen = office.get(path).await;
        assert_eq!(seen.status, StatusCode::OK, "{path} without {away}");
        assert!(seen.text.contains("notice bad"), "{path} without {away}");
    }
    let mut office = Office::new().await;
    *office.shop.away.lock().unwrap() = Some("/products");
    assert_eq!(office.get("/admin/products/A").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn unread_lists_are_no_all_clear() {
    let mut office = Office::new().await;
    let lists = ["GET /orders", "GET /refunds/failed", "GET /verifications"];
    for list in lists {
        office.shop.refuses.lock().unwrap().insert(list.to_owned(), (503, "unavailable"));
    }
    let seen = office.get("/admin").await;
    assert!(seen.status == StatusCode::OK && !seen.text.contains("Nothing waits for you"), "{}", seen.text);
    assert!(seen.text.contains("This part cannot be shown right now."));
}

#[tokio::test]
async fn absent_accounts_are_not_missing_ones() {
    let mut office = Office::new().await;
    office.shop.refuses.lock().unwrap().insert("GET /users".to_owned(), (503, "unavailable"));
    let seen = office.get("/admin/orders?email=ada@example.com").await;
    assert!(seen.text.contains("Accounts do not answer") && !seen.text.contains("No account has this"));
    assert!(!seen.text.contains(ID_NUMBER), "orders of everybody are not those of the account");
}
