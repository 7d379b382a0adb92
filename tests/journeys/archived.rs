//! Archived products, and the ways to bring them back.

use estore_contract::{Page, inventory::Product};
use estore_testbed::ServiceName::{Inventory, User};
use estore_tests::{Access, Answer, Customer, access, unique};
use reqwest::Method;
use serde_json::{Value, json};

struct Scene {
    admin: Customer,
    sku: String,
}

impl Scene {
    async fn archived() -> Self {
        let admin = Customer::admin(&access()).await;
        let sku = admin.add_product(3, 100).await;
        let scene = Self { admin, sku };
        let _archived = scene.send(Method::DELETE, None).await.expect(204);
        scene
    }

    async fn send(&self, method: Method, body: Option<Value>) -> Answer {
        let path = format!("/products/{}", self.sku);
        let request = self.admin.request(method, Inventory, &path).header("If-Match", "*");
        Answer::of(body.iter().fold(request, reqwest::RequestBuilder::json)).await
    }

    async fn patch(&self, body: Value) -> Value {
        self.send(Method::PATCH, Some(body)).await.expect(200).value()
    }

    async fn is_listed(&self) -> bool {
        let path = format!("/products?q={}&limit=100", self.sku);
        let page: Page<Product> = self.admin.get(Inventory, &path).await.expect(200).json();
        page.items.iter().any(|product| product.sku.as_str() == self.sku)
    }
}

#[tokio::test]
async fn patch_leaves_an_archived_product_archived() {
    let scene = Scene::archived().await;
    for change in [
        json!({"description": "a typo is mended"}),
        json!({"name": "Old", "tags": ["x"], "price": {"amount": 7}}),
        json!({"category": "paper"}),
        json!({"status": "archived"}),
        json!({}),
    ] {
        assert_eq!(scene.patch(change).await["status"], "archived");
        assert!(!scene.is_listed().await);
    }
    assert_eq!(scene.patch(json!({"status": "active"})).await["status"], "active");
    assert!(scene.is_listed().await);
    assert_eq!(scene.patch(json!({"status": "archived", "name": "Gone"})).await["status"], "archived");
    assert!(!scene.is_listed().await);
    let refused = scene.send(Method::PATCH, Some(json!({"status": null}))).await;
    assert_eq!(refused.refused(422, "validation_error").details[0].field, "status");
}

#[tokio::test]
async fn repeated_archiving_gets_the_same_answer() {
    let admin = Customer::admin(&access()).await;
    let path = format!("/products/{}", admin.add_product(3, 100).await);
    let tag = async || admin.get(Inventory, &path).await.header("etag").to_owned();
    let archive = async |tag: &str| {
        Answer::of(admin.request(Method::DELETE, Inventory, &path).header("If-Match", tag)).await
    };
    let first = tag().await;
    let rename = admin.request(Method::PATCH, Inventory, &path).header("If-Match", &first);
    let _renamed = Answer::of(rename.json(&json!({"name": "Other"}))).await.expect(200);
    let seen = tag().await;
    for _ in 0..2 {
        let _archived = archive(&seen).await.expect(204);
    }
    let _stale = archive(&first).await.refused(412, "precondition_failed");
}

#[tokio::test]
async fn patch_does_not_check_what_it_leaves_out() {
    let scene = Scene::archived().await;
    let slug = format!("g{}", &unique()[..10]);
    let category = |method| scene.admin.request(method, Inventory, &format!("/categories/{slug}"));
    let _made = Answer::of(category(Method::PUT).json(&json!({"name": "Going"}))).await.expect(200);
    let _moved = scene.patch(json!({"category": slug})).await;
    let _gone = Answer::of(category(Method::DELETE)).await.expect(204);
    assert_eq!(scene.patch(json!({"description": "still here"})).await["category"], json!(slug));
    let refused = scene.send(Method::PATCH, Some(json!({"category": slug}))).await;
    assert_eq!(refused.refused(422, "validation_error").details[0].field, "category");
    // Back on sale it must be in a category.
    let refused = scene.send(Method::PATCH, Some(json!({"status": "active"}))).await;
    assert_eq!(refused.refused(422, "validation_error").details[0].field, "category");
    let _made = Answer::of(category(Method::PUT).json(&json!({"name": "Back"}))).await.expect(200);
    assert_eq!(scene.patch(json!({"status": "active"})).await["status"], "active");
}

#[tokio::test]
async fn patch_merges_prices_and_attributes() {
    let scene = Scene::archived().await;
    let _both = scene.patch(json!({"attributes": {"colour": "red", "size": "M"}, "tags": ["x", "y"]})).await;
    let patched =
        scene.patch(json!({"price": {"amount": 250}, "attributes": {"size": null, "weight": "1 kg"}})).await;
    assert_eq!(patched["price"], json!({"amount": 250, "currency": "USD"}));
    assert_eq!(patched["attributes"], json!({"colour": "red", "weight": "1 kg"}));
    assert_eq!(patched["tags"], json!(["x", "y"]));
    let cleared = scene.patch(json!({"tags": null, "attributes": null, "images": null})).await;
    assert_eq!((&cleared["tags"], &cleared["attributes"]), (&json!([]), &json!({})));
    for bad in [json!({"name": null}), json!({"price": null}), json!({"price": {"amount": null}})] {
        let _refused = scene.send(Method::PATCH, Some(bad)).await.refused(422, "validation_error");
    }
}

#[tokio::test]
async fn patch_of_an_account_leaves_the_rest() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    let patch = async |body: Value| {
        Answer::of(customer.request(Method::PATCH, User, "/me").json(&body)).await.expect(200).value()
    };
    let address = json!({"line1": "1 Main Street", "line2": "Flat 2", "city": "Berlin", "postal_code": "10115", "country": "DE"});
    let before = patch(json!({"name": "Ada L.", "phone": "+49301234567", "shipping_address": address})).await;
    assert_eq!(patch(json!({})).await, before);
    let moved = patch(json!({"shipping_address": {"line1": "2 Side Street", "line2": null}})).await;
    let expected =
        json!({"line1": "2 Side Street", "city": "Berlin", "postal_code": "10115", "country": "DE"});
    assert_eq!((&moved["shipping_address"], &moved["phone"]), (&expected, &before["phone"]));
    assert_eq!(patch(json!({"shipping_address": null})).await["shipping_address"], Value::Null);
    let part =
        customer.request(Method::PATCH, User, "/me").json(&json!({"shipping_address": {"city": "Bonn"}}));
    let refused = Answer::of(part).await.refused(422, "validation_error");
    assert!(refused.details.iter().any(|detail| detail.field == "shipping_address.line1"), "{refused:?}");
}
