//! Forms whose service does not answer.

use axum::http::StatusCode;

use super::{
    fake::{ID, Office, value_of},
    products::form,
};

fn unescaped(text: &str) -> String {
    let pairs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    pairs.into_iter().fold(text.to_owned(), |text, (code, plain)| text.replace(code, plain))
}

/// Opens the page `on`, and sends a form while paths that begin with `away` do not answer. Then
/// sends the form of the answer to the same path.
async fn resent(office: &mut Office, on: &str, path: &str, away: &'static str, fields: &[(&str, &str)]) {
    let token = value_of(&office.get(on).await.text, "form_token");
    *office.shop.away.lock().unwrap() = Some(away);
    let seen = office.browser.post(path, &[fields, &[("form_token", token.as_str())]].concat()).await;
    assert_eq!((seen.status, office.shop.changes().len()), (StatusCode::SERVICE_UNAVAILABLE, 0), "{path}");
    assert!(seen.text.contains(&format!("action=\"{path}\"")), "{}", seen.text);
    assert!(seen.headers.contains_key("retry-after"));
    *office.shop.away.lock().unwrap() = None;
    let sent: Vec<(&str, String)> =
        fields.iter().map(|(name, _)| (*name, unescaped(&value_of(&seen.text, name)))).collect();
    let again: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(again, fields, "what was written is kept");
    let token = value_of(&seen.text, "form_token");
    let done = office.browser.post(path, &[&again[..], &[("form_token", token.as_str())]].concat()).await;
    assert_eq!((done.status, office.shop.changes().len()), (StatusCode::SEE_OTHER, 1), "{}", done.text);
}

#[tokio::test]
async fn stock_without_answer_keeps_its_key() {
    let mut office = Office::new().await;
    let key = value_of(&office.get("/admin/products/A").await.text, "key");
    let fields = [("key", key.as_str()), ("delta", "+6"), ("reason", "delivery")];
    for away in ["/products/A/stock/adjustments", "/products"] {
        let path = "/admin/products/A/stock";
        resent(&mut office, "/admin/products/A", path, away, &fields).await;
        assert_eq!(office.shop.asked.lock().unwrap().pop().unwrap().key, key);
    }
}

#[tokio::test]
async fn refund_without_answer_keeps_its_key() {
    let mut office = Office::new().await;
    let on = format!("/admin/orders/{ID}");
    let key = value_of(&office.get(&on).await.text, "key");
    let fields =
        [("key", key.as_str()), ("sku", "A"), ("units", "1"), ("reason", "broken"), ("restock", "1")];
    resent(&mut office, &on, &format!("{on}/refund"), "/orders", &fields).await;
    assert_eq!(office.shop.changes()[0].key, key);
}

#[tokio::test]
async fn written_text_survives_an_absent_service() {
    let product = [
        ("sku", "NEW"),
        ("name", "Cup"),
        ("description", "Steel, <twice> & \"blue\"."),
        ("price", "14.90"),
        ("currency", "USD"),
        ("category", "mugs"),
        ("action", "save"),
    ];
    let template =
        [("version", "4"), ("subject", "Hello"), ("text", "Open {{ link }}"), ("html", "<p>{{ link }}</p>")];
    let category = [("name", "Cup"), ("parent", "kitchen"), ("was_name", "Mugs"), ("was_parent", "kitchen")];
    let new_category = [("slug", "cups"), ("name", "Cups"), ("parent", "")];
    for (path, away, fields) in [
        ("/admin/new-product", "/products", &product[..]),
        ("/admin/templates/email/en", "/templates", &template),
        ("/admin/categories/mugs", "/categories", &category),
        ("/admin/categories", "/categories", &new_category),
    ] {
        resent(&mut Office::new().await, path, path, away, fields).await;
    }
}

#[tokio::test]
async fn changed_product_survives_an_absent_service() {
    let fields = form(&[("version", "1"), ("action", "save")]);
    let path = "/admin/products/A";
    resent(&mut Office::new().await, path, path, "/products", &fields).await;
}
