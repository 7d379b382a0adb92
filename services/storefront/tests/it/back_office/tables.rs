//! Export and import of products.

use axum::http::StatusCode;
use serde_json::json;

use super::fake::{Office, value_of};

const TABLE: &str = "sku,name,price,currency,category\r\n\
    A,Cup,14.90,USD,mugs\r\n\
    OLD,Mug OLD,9.90,USD,mugs\r\n\
    NEW,New,1,USD,mugs\r\n\
    BAD,Bad,x,USD,mugs\r\n\
    B,Mug B,14.90,USD,mugs\r\n";

#[tokio::test]
async fn export_has_every_page_and_archived_products() {
    let mut office = Office::new().await;
    office.shop.put("C", "active");
    let seen = office.get("/admin/products.csv").await;
    assert_eq!(seen.headers["content-type"], "text/csv; charset=utf-8; header=present");
    let skus: Vec<&str> = seen.text.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(skus, ["\u{feff}sku", "A", "B", "C", "OLD"]);
    let mut away = Office::new().await;
    *away.shop.away.lock().unwrap() = Some("/products");
    assert_eq!(away.get("/admin/products.csv").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn exported_table_would_change_nothing() {
    let mut office = Office::new().await;
    let table = office.get("/admin/products.csv").await.text;
    let seen = office.upload("/admin/import", "/admin/import", &[], ("table", &table)).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.text.contains("Nothing would change."), "{}", seen.text);
}

#[tokio::test]
async fn import_first_says_what_it_would_change() {
    let mut office = Office::new().await;
    let seen = office.upload("/admin/import", "/admin/import", &[], ("table", TABLE)).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(office.shop.changes(), [], "nothing happened yet");
    for text in ["<del>Mug A</del>", "<ins>Cup</ins>", "<del>14.90 USD</del>", "<ins>9.90 USD</ins>", "BAD"] {
        assert!(seen.text.contains(text), "{text}: {}", seen.text);
    }
    let print = value_of(&seen.text, "fingerprint");
    let fields = [("fingerprint", print.as_str()), ("table", TABLE)];
    let seen = office.upload("/admin/import", "/admin/import/apply", &fields, ("none", "")).await;
    assert!(seen.text.contains("All changes are made."), "{}", seen.text);
    let asked: Vec<_> = office.shop.changes().into_iter().map(|asked| (asked.call, asked.body)).collect();
    assert_eq!(asked[0], ("PATCH /products/A".to_owned(), json!({"name": "Cup"})));
    assert_eq!(asked[1], ("PATCH /products/OLD".to_owned(), json!({"price": {"amount": 990}})));
    assert_eq!((asked.len(), asked[2].0.as_str()), (3, "POST /products"));
    assert_eq!(office.shop.products.lock().unwrap()["OLD"]["status"], "archived");
}

#[tokio::test]
async fn written_lines_are_no_errors_afterwards() {
    let mut office = Office::new().await;
    let table = "sku,version,name\r\nA,1,Cup\r\n";
    let seen = office.upload("/admin/import", "/admin/import", &[], ("table", table)).await;
    let print = value_of(&seen.text, "fingerprint");
    let fields = [("fingerprint", print.as_str()), ("table", table)];
    let seen = office.upload("/admin/import", "/admin/import/apply", &fields, ("none", "")).await;
    assert!(seen.text.contains("All changes are made."), "{}", seen.text);
    assert!(!seen.text.contains("has changed since it was exported"), "{}", seen.text);

    let stale = "sku,version,name\r\nA,1,Pot\r\n";
    let seen = office.upload("/admin/import", "/admin/import", &[], ("table", stale)).await;
    assert!(seen.text.contains("has changed since it was exported"), "{}", seen.text);
}

#[tokio::test]
async fn import_of_other_changes_is_shown_again() {
    let mut office = Office::new().await;
    let seen = office.upload("/admin/import", "/admin/import", &[], ("table", TABLE)).await;
    let print = value_of(&seen.text, "fingerprint");
    office.shop.products.lock().unwrap().get_mut("A").unwrap()["version"] = json!(2);
    let fields = [("fingerprint", print.as_str()), ("table", TABLE)];
    let seen = office.upload("/admin/import", "/admin/import/apply", &fields, ("none", "")).await;
    assert!(seen.text.contains("The catalogue has changed since you looked."));
    assert_eq!(office.shop.changes(), []);
}

#[tokio::test]
async fn refused_change_does_not_stop_the_others() {
    let mut office = Office::new().await;
    let seen = office.upload("/admin/import", "/admin/import", &[], ("table", TABLE)).await;
    let print = value_of(&seen.text, "fingerprint");
    office.shop.refuses.lock().unwrap().insert("PATCH /products/A".to_owned(), (422, "validation_error"));
    let fields = [("fingerprint", print.as_str()), ("table", TABLE)];
    let seen = office.upload("/admin/import", "/admin/import/apply", &fields, ("none", "")).await;
    assert!(seen.text.contains("Changes that were refused") && seen.text.contains("Go on"));
    assert!(office.shop.products.lock().unwrap().contains_key("NEW"));
}

#[tokio::test]
async fn import_without_a_second_plan_counts_changes() {
    let mut office = Office::new().await;
    let seen = office.upload("/admin/import", "/admin/import", &[], ("table", TABLE)).await;
    let print = value_of(&seen.text, "fingerprint");
    *office.shop.away_after_change.lock().unwrap() = Some("/categories");
    let fields = [("fingerprint", print.as_str()), ("table", TABLE)];
    let seen = office.upload("/admin/import", "/admin/import/apply", &fields, ("none", "")).await;
    assert_eq!((seen.status, office.shop.changes().len()), (StatusCode::OK, 3));
    assert!(seen.text.contains("<dd>3</dd>") && seen.text.contains("the import stopped"), "{}", seen.text);
}

#[tokio::test]
async fn file_that_is_no_table_is_refused() {
    let mut office = Office::new().await;
    for table in ["", "name\nMug\n", "sku,stock\nA,1\n"] {
        let seen = office.upload("/admin/import", "/admin/import", &[], ("table", table)).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{table}");
        assert!(seen.text.contains("notice bad"));
    }
}
