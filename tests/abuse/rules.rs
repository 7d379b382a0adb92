//! Published rules: each has an explanation, and a refusal repeats it.

use estore_testbed::ServiceName;
use estore_tests::{Answer, Customer, access};
use reqwest::Method;
use serde_json::{Value, json};

use super::document::document;

/// Visits every object in a document.
fn visit(value: &Value, place: &str, found: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(fields) => {
            found(place, value);
            for (name, field) in fields {
                visit(field, &format!("{place}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                visit(item, &format!("{place}/{at}"), found);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_published_pattern_has_words() {
    let (access, mut patterns) = (access(), 0);
    for service in ServiceName::ALL {
        visit(&document(&access, service).await, "", &mut |place, schema| {
            if schema.get("pattern").is_some_and(Value::is_string) {
                patterns += 1;
                let words = schema["description"].as_str().unwrap_or_default();
                assert!(words.starts_with("must "), "{service} {place}: {words:?}");
            }
        });
    }
    assert!(patterns > 20, "{patterns}");
}

#[tokio::test]
async fn refusal_says_each_rule_in_words() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let product = json!({"sku": "-", "name": " x", "description": "d", "price": {"amount": 1, "currency": "usd"},
        "category": "Desk", "tags": ["A b"]});
    let card = json!({"payment_type": "Card", "details": {"card_number": "4242x24242424242", "expiry_month": 12,
        "expiry_year": 2030, "cvc": "12x"}});
    let order = json!({"items": [{"sku": "a b", "quantity": 1}], "payment_method_id": "x"});
    let me = json!({"name": "\u{7}", "phone": "030", "shipping_address": {"line1": " ", "city": "b ", "postal_code": "?",
        "country": "de"}});
    for (service, method, path, body, fields) in [
        (ServiceName::Inventory, Method::POST, "/products", product, 5),
        (ServiceName::Payment, Method::POST, "/payment-methods", card, 2),
        (ServiceName::Payment, Method::POST, "/orders", order, 2),
        (ServiceName::User, Method::PATCH, "/me", me, 4),
    ] {
        let request = admin.request(method, service, path).header("Idempotency-Key", "rules").json(&body);
        let refused = Answer::of(request).await.refused(422, "validation_error");
        assert!(refused.details.len() >= fields, "{refused:?}");
        for detail in &refused.details {
            let message = &detail.message;
            let signs = ['^', '$', '\\', '[', ']', '{', '}', '*'];
            assert!(message.starts_with("must ") && !message.contains(signs), "{path}: {detail:?}");
        }
    }
    for (name, value, path) in [("If-Match", "2-9", "/products/MUG-ENAMEL-01")] {
        let request = admin.request(Method::PATCH, ServiceName::Inventory, path).header(name, value);
        let refused = Answer::of(request.json(&json!({}))).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, name);
    }
}

#[tokio::test]
async fn only_patch_takes_a_merge_patch() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(0, 100).await;
    let send = async |method: Method, path: &str, kind: &str, body: &str| {
        let request = admin.request(method, ServiceName::Inventory, path).header("If-Match", "*");
        Answer::of(request.header("Content-Type", kind).body(body.to_owned())).await
    };
    let path = format!("/products/{sku}");
    for kind in
        ["application/merge-patch+json", "Application/Merge-Patch+JSON; charset=utf-8", "application/json"]
    {
        let patched = send(Method::PATCH, &path, kind, r#"{"name": "Patched"}"#).await.expect(200);
        assert_eq!(patched.value()["name"], "Patched", "{kind}");
    }
    for kind in [
        "application/json-patch+json",
        "application/problem+json",
        "text/json",
        "application/merge-patch+json; charset=utf-16",
        "application/merge-patch",
    ] {
        let refused = send(Method::PATCH, &path, kind, "{}").await;
        assert_eq!(refused.header("accept-patch"), "application/merge-patch+json", "{kind}");
        let _refused = refused.refused(415, "unsupported_media_type");
    }
    let merge = "application/merge-patch+json";
    let _put = send(Method::PUT, &path, merge, "{}").await.refused(415, "unsupported_media_type");
    let _post = send(Method::POST, "/products", merge, "{}").await.refused(415, "unsupported_media_type");
    for (service, path) in [(ServiceName::User, "/me"), (ServiceName::User, "/users/{id}")] {
        let content = &document(&access, service).await["paths"][path]["patch"]["requestBody"]["content"];
        assert!(content.get(merge).is_some() && content.get("application/json").is_some(), "{path}");
    }
    let me = admin.request(Method::PATCH, ServiceName::User, "/me").header("Content-Type", merge);
    let _taken = Answer::of(me.body("{}")).await.expect(200);
}
