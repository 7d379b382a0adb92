//! Prices, as people write them in each language and in tables.

use axum::http::StatusCode;
use serde_json::json;

use super::{fake::Office, products::form};

#[tokio::test]
async fn price_that_may_mean_thousands_is_refused() {
    for (language, unclear, clear, hint) in [
        ("en", "1,500", "1.500", "Please write 1500 or 1.5, for example."),
        ("de", "1.500", "1,500", "Bitte schreiben Sie etwa 1500 oder 1,5."),
    ] {
        let mut office = Office::new().await;
        office.browser.language = language;
        let path = "/admin/new-product";
        let mut fields = form(&[("sku", "NEW"), ("action", "save")]);
        fields[2] = ("price", unclear);
        fields[3] = ("currency", "KWD");
        let seen = office.submit(path, path, &fields).await;
        assert_eq!((seen.status, office.shop.changes().len()), (StatusCode::UNPROCESSABLE_ENTITY, 0));
        assert!(seen.text.contains(hint), "{}", seen.text);

        fields[2] = ("price", clear);
        office.submit(path, path, &fields).await;
        assert_eq!(office.shop.changes()[0].body["price"], json!({"amount": 1500, "currency": "KWD"}));
    }
}

#[tokio::test]
async fn decimal_comma_needs_semicolons_in_a_table() {
    let mut office = Office::new().await;
    for (table, text) in [
        ("sku,price,currency\nA,\"12,90\",USD\n", "a price has a decimal point, such as 14.90."),
        ("sku,price,currency\nA,1.500,KWD\n", "<ins>1.500 KWD</ins>"),
        ("sku;price;currency\nA;12,90;USD\n", "<ins>12.90 USD</ins>"),
        ("sku;price;currency\nA;1,500;KWD\n", "<ins>1.500 KWD</ins>"),
        ("sku;price;currency\nA;1.500;KWD\n", "Please write 1500 or 1.5, for example."),
    ] {
        let seen = office.upload("/admin/import", "/admin/import", &[], ("table", table)).await;
        assert!(seen.text.contains(text), "{table}: {}", seen.text);
    }
}
