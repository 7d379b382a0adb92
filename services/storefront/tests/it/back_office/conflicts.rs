//! Two admins with the same form, and one admin whose answer was lost.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    fake::{Office, value_of},
    products::form,
};

#[tokio::test]
async fn typing_mistake_keeps_the_version_of_its_form() {
    let mut office = Office::new().await;
    {
        let mut products = office.shop.products.lock().unwrap();
        let product = products.get_mut("A").unwrap();
        product["version"] = json!(2);
        product["price"]["amount"] = json!(1990);
    }
    let path = "/admin/products/A";
    let mut fields = form(&[("version", "1"), ("action", "save")]);
    fields[0] = ("name", "");
    let seen = office.submit(path, path, &fields).await;
    let version = value_of(&seen.text, "version");
    assert_eq!((seen.status, version.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "1"));

    fields[0] = ("name", "Cup");
    let seen = office.submit(path, path, &fields).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert_eq!(value_of(&seen.text, "version"), "2", "the next attempt is on purpose");
    assert_eq!(office.shop.changes(), [], "the price of the other admin stands");
}

#[tokio::test]
async fn change_whose_answer_was_lost_is_saved() {
    let mut office = Office::new().await;
    *office.shop.loses.lock().unwrap() = Some("PATCH /products/A");
    let path = "/admin/products/A";
    let fields = form(&[("version", "1"), ("action", "save")]);
    assert_eq!(office.submit(path, path, &fields).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let seen = office.submit(path, path, &fields).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, path));
    let page = office.get(path).await;
    assert!(page.text.contains("Your changes are saved."), "{}", page.text);
    assert_eq!(office.shop.changes().len(), 1);
}

#[tokio::test]
async fn new_product_whose_answer_was_lost_is_created() {
    let mut office = Office::new().await;
    *office.shop.loses.lock().unwrap() = Some("POST /products");
    let path = "/admin/new-product";
    let mut fields = form(&[("sku", "NEW"), ("action", "save")]);
    assert_eq!(office.submit(path, path, &fields).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let seen = office.submit(path, path, &fields).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/admin/products/NEW"));

    fields[0] = ("name", "Pot");
    let seen = office.submit(path, path, &fields).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "another product has the SKU");
    assert!(seen.text.contains("This SKU is taken."), "{}", seen.text);
}

#[tokio::test]
async fn category_that_exists_as_wanted_is_saved() {
    let mut office = Office::new().await;
    let path = "/admin/categories";
    let fields = [("slug", "mugs"), ("name", "Mugs"), ("parent", "kitchen")];
    let seen = office.submit(path, path, &fields).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, path));
    assert_eq!(office.shop.changes(), []);
}

#[tokio::test]
async fn category_changed_meanwhile_is_not_overwritten() {
    let mut office = Office::new().await;
    let path = "/admin/categories/mugs";
    let shown = office.get(path).await.text;
    let (name, parent) = (value_of(&shown, "was_name"), value_of(&shown, "was_parent"));
    assert_eq!((name.as_str(), parent.as_str()), ("Mugs", "kitchen"));
    *office.shop.mugs.lock().unwrap() = Some("Cups");

    let mut fields = [("name", ""), ("parent", ""), ("was_name", &*name), ("was_parent", &*parent)];
    let wrong = office.submit(path, path, &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(value_of(&wrong.text, "was_name"), "Mugs", "a mistake changes nothing of it");

    fields[0] = ("name", "Mugs");
    let seen = office.submit(path, path, &fields).await;
    assert_eq!((seen.status, office.shop.changes().len()), (StatusCode::CONFLICT, 0));
    assert!(seen.text.contains("Name: Cups. Below: kitchen."), "{}", seen.text);
    let now = value_of(&seen.text, "was_name");
    fields[2] = ("was_name", now.as_str());
    let seen = office.submit(path, path, &fields).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "the second attempt is on purpose");
    assert_eq!(office.shop.changes()[0].body, json!({"name": "Mugs", "parent": null}));
}

#[tokio::test]
async fn template_changed_meanwhile_is_not_overwritten() {
    let mut office = Office::new().await;
    let path = "/admin/templates/email/en";
    let version = value_of(&office.get(path).await.text, "version");
    *office.shop.subject.lock().unwrap() = Some("Please verify");
    let mut fields = [
        ("version", version.as_str()),
        ("subject", "Hello"),
        ("text", "Open {{ link }}"),
        ("html", "<p>{{ link }}</p>"),
    ];
    let seen = office.submit(path, path, &fields).await;
    assert_eq!((seen.status, office.shop.changes().len()), (StatusCode::CONFLICT, 0));
    assert!(seen.text.contains("Subject: Please verify") && seen.text.contains("value=\"Hello\""));
    let now = value_of(&seen.text, "version");
    assert_eq!((version.as_str(), now.as_str()), ("4", "5"));
    fields[0] = ("version", now.as_str());
    let seen = office.submit(path, path, &fields).await;
    assert_eq!((seen.status, office.shop.changes().len()), (StatusCode::SEE_OTHER, 1));
}

#[tokio::test]
async fn template_that_stands_as_wanted_is_saved() {
    let mut office = Office::new().await;
    let path = "/admin/templates/email/en";
    *office.shop.subject.lock().unwrap() = Some("Hello");
    // The form of version 4, whose answer was lost.
    let fields =
        [("version", "4"), ("subject", "Hello"), ("text", "Open {{ link }}"), ("html", "<p>{{ link }}</p>")];
    let seen = office.submit(path, path, &fields).await;
    assert_eq!((seen.status, office.shop.changes().len()), (StatusCode::SEE_OTHER, 0));
}
