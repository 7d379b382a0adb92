//! Products: two admins, pictures, stock and categories.

use axum::http::StatusCode;
use serde_json::json;

use super::fake::{Office, value_of};

const FORM: [(&str, &str); 8] = [
    ("name", "Cup"),
    ("description", "Steel."),
    ("price", "14.90"),
    ("currency", "USD"),
    ("category", "mugs"),
    ("tags", "camping"),
    ("attribute_name", "material"),
    ("attribute_value", "steel"),
];

pub(super) fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&FORM[..], &[("images", "/images/mug.svg")], more].concat()
}

#[tokio::test]
async fn preview_says_what_saving_would_change() {
    let mut office = Office::new().await;
    let fields = form(&[("version", "1"), ("action", "preview")]);
    let seen = office.submit("/admin/products/A", "/admin/products/A", &fields).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.text.contains("<del>Mug A</del>") && seen.text.contains("<ins>Cup</ins>"), "{}", seen.text);
    assert_eq!(seen.text.matches("<del>").count(), 1, "nothing else would change");
    assert_eq!(office.shop.changes(), []);
}

#[tokio::test]
async fn save_sends_only_what_differs() {
    let mut office = Office::new().await;
    let fields = form(&[("version", "1"), ("action", "save")]);
    let seen = office.submit("/admin/products/A", "/admin/products/A", &fields).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/admin/products/A"));
    let asked = office.shop.changes();
    assert_eq!((asked.len(), asked[0].call.as_str()), (1, "PATCH /products/A"));
    assert_eq!((asked[0].condition.as_str(), &asked[0].body), ("\"1-tag\"", &json!({"name": "Cup"})));
}

#[tokio::test]
async fn second_admin_does_not_overwrite_the_first() {
    let mut office = Office::new().await;
    let mut shown = office.browser.clone();
    shown.get("/admin/products/A").await;
    let first = form(&[("version", "1"), ("action", "save")]);
    office.submit("/admin/products/A", "/admin/products/A", &first).await;

    let mut fields = form(&[("version", "1"), ("action", "save")]);
    fields[0] = ("name", "Pot");
    let seen = office.submit("/admin/products/A", "/admin/products/A", &fields).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert!(seen.text.contains("<del>Cup</del>") && seen.text.contains("<ins>Pot</ins>"));
    assert_eq!(office.shop.changes().len(), 1, "the first change stands");

    let version = value_of(&seen.text, "version");
    fields.retain(|(name, _)| *name != "version");
    fields.push(("version", &version));
    let seen = office.submit("/admin/products/A", "/admin/products/A", &fields).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "the second attempt is on purpose");
    assert_eq!(office.shop.products.lock().unwrap()["A"]["name"], "Pot");
}

#[tokio::test]
async fn form_with_mistakes_names_each_field() {
    let mut office = Office::new().await;
    let fields =
        [("name", ""), ("price", "1.500"), ("currency", "USD"), ("category", "mugs"), ("action", "save")];
    let seen = office.submit("/admin/new-product", "/admin/new-product", &fields).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(seen.text.matches("aria-invalid=\"true\"").count(), 3, "SKU, name and price");
    assert!(seen.text.contains("value=\"1.500\""), "the form keeps what was written");
    assert_eq!(office.shop.changes(), []);
}

#[tokio::test]
async fn new_product_is_created_after_its_preview() {
    let mut office = Office::new().await;
    let preview = form(&[("sku", "NEW"), ("action", "preview")]);
    let seen = office.submit("/admin/new-product", "/admin/new-product", &preview).await;
    assert!(seen.status == StatusCode::OK && seen.text.contains("$14.90"));
    assert_eq!(office.shop.changes(), []);
    let save = form(&[("sku", "NEW"), ("action", "save")]);
    let seen = office.submit("/admin/new-product", "/admin/new-product", &save).await;
    assert_eq!(seen.location(), "/admin/products/NEW");
    assert_eq!(office.shop.changes()[0].body["price"], json!({"amount": 1490, "currency": "USD"}));
}

#[tokio::test]
async fn archived_product_is_put_back() {
    let mut office = Office::new().await;
    let shown = office.get("/admin/products/OLD").await;
    let fields = [("tag", "\"1-tag\""), ("status", "active")];
    assert!(shown.text.contains("value=\"active\""));
    let seen = office.submit("/admin/products/OLD", "/admin/products/OLD/status", &fields).await;
    assert_eq!(seen.location(), "/admin/products/OLD");
    assert_eq!(office.shop.changes()[0].body, json!({"status": "active"}));
    let seen = office
        .submit(
            "/admin/products/A",
            "/admin/products/A/status",
            &[("tag", "\"0-tag\""), ("status", "archived")],
        )
        .await;
    assert_eq!(seen.status, StatusCode::CONFLICT, "somebody else changed it");
}

#[tokio::test]
async fn product_without_category_stays_off_sale() {
    let mut office = Office::new().await;
    office.shop.products.lock().unwrap().get_mut("OLD").unwrap()["category"] = json!("gone");
    let fields = [("tag", "\"1-tag\""), ("status", "active")];
    let seen = office.submit("/admin/products/OLD", "/admin/products/OLD/status", &fields).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text.contains("category: is not a category"), "{}", seen.text);
    assert_eq!(seen.text.matches("aria-invalid=\"true\"").count(), 1, "the field is marked");
}

#[tokio::test]
async fn picture_is_uploaded_and_added() {
    let mut office = Office::new().await;
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let seen = office.upload("/admin/products/A", "/admin/products/A/pictures", &[], ("file", svg)).await;
    assert_eq!(seen.location(), "/admin/products/A#pictures");
    let asked = office.shop.changes();
    assert_eq!((asked[0].call.as_str(), asked[0].kind.as_str()), ("POST /images", "image/svg+xml"));
    assert_eq!(asked[1].body, json!({"images": ["/images/mug.svg", "/images/new.png"]}));
}

#[tokio::test]
async fn file_that_is_no_picture_is_refused() {
    let mut office = Office::new().await;
    for file in ["hello", "<html></html>"] {
        let seen =
            office.upload("/admin/products/A", "/admin/products/A/pictures", &[], ("file", file)).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let large = "x".repeat(6 << 20);
    let seen = office.upload("/admin/products/A", "/admin/products/A/pictures", &[], ("file", &large)).await;
    assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(seen.text.contains("This file is too large"));
    assert_eq!(office.shop.changes(), []);
}

#[tokio::test]
async fn stock_is_booked_with_the_forms_key() {
    let mut office = Office::new().await;
    let shown = office.get("/admin/products/A").await;
    let key = value_of(&shown.text, "key");
    let fields = [("key", key.as_str()), ("delta", "+6"), ("reason", "delivery")];
    let seen = office.submit("/admin/products/A", "/admin/products/A/stock", &fields).await;
    assert_eq!(seen.location(), "/admin/products/A#stock");
    let asked = office.shop.changes();
    assert_eq!(
        (asked[0].key.as_str(), &asked[0].body),
        (key.as_str(), &json!({"delta": 6, "reason": "delivery"}))
    );
    let call = "POST /products/A/stock/adjustments".to_owned();
    office.shop.refuses.lock().unwrap().insert(call, (409, "insufficient_stock"));
    let fields = [("key", "k"), ("delta", "-9"), ("reason", "lost")];
    let seen = office.submit("/admin/products/A", "/admin/products/A/stock", &fields).await;
    assert!(seen.status == StatusCode::CONFLICT && seen.text.contains("value=\"-9\""));
    let call = "POST /products/A/stock/adjustments".to_owned();
    office.shop.refuses.lock().unwrap().insert(call, (422, "validation_error"));
    let seen = office.submit("/admin/products/A", "/admin/products/A/stock", &fields).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(value_of(&seen.text, "key"), "k");
    let call = "POST /products/A/stock/adjustments".to_owned();
    office.shop.refuses.lock().unwrap().insert(call, (422, "idempotency_key_reused"));
    let seen = office.submit("/admin/products/A", "/admin/products/A/stock", &fields).await;
    assert_ne!(value_of(&seen.text, "key"), "k", "it books nothing any more");
}

#[tokio::test]
async fn category_is_added_moved_and_deleted() {
    let mut office = Office::new().await;
    let twice = [("slug", "mugs"), ("name", "Cups"), ("parent", "")];
    let seen = office.submit("/admin/categories", "/admin/categories", &twice).await;
    assert_eq!(seen.status, StatusCode::CONFLICT, "a new category must not rename another one");
    let new = [("slug", "cups"), ("name", "Cups"), ("parent", "kitchen")];
    office.submit("/admin/categories", "/admin/categories", &new).await;
    let page = office.get("/admin/categories/mugs").await.text;
    assert!(page.contains("<option value=\"kitchen\" selected>") && !page.contains("<option value=\"mugs\""));
    let path = "/admin/categories/mugs";
    let to_the_top = [("name", "Mugs"), ("parent", ""), ("was_name", "Mugs"), ("was_parent", "kitchen")];
    office.submit(path, path, &to_the_top).await;
    let seen = office.submit(path, path, &[("name", ""), ("parent", "empty")]).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text.contains("<option value=\"empty\" selected>"), "{}", seen.text);
    office.submit("/admin/categories", "/admin/categories/empty", &[("delete", "1")]).await;
    let asked: Vec<_> = office.shop.changes().into_iter().map(|asked| (asked.call, asked.body)).collect();
    let put = |name: &str, parent: serde_json::Value| json!({"name": name, "parent": parent});
    assert_eq!(asked[0], ("PUT /categories/cups".to_owned(), put("Cups", json!("kitchen"))));
    assert_eq!(asked[1], ("PUT /categories/mugs".to_owned(), put("Mugs", json!(null))));
    assert_eq!(asked[2].0, "DELETE /categories/empty");
}
