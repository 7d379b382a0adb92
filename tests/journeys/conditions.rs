//! Writes that depend on the version that was read, and the currencies that they may name.

use estore_testbed::ServiceName::Inventory;
use estore_tests::{Answer, Customer, access, unique};
use reqwest::Method;
use serde_json::json;

async fn tag(admin: &Customer, path: &str) -> String {
    admin.get(Inventory, path).await.expect(200).header("etag").to_owned()
}

async fn patch(admin: &Customer, path: &str, tags: &[&str]) -> Answer {
    let request = admin.request(Method::PATCH, Inventory, path).json(&json!({"description": unique()}));
    Answer::of(tags.iter().fold(request, |request, tags| request.header("If-Match", *tags))).await
}

#[tokio::test]
async fn if_match_takes_any_of_its_tags() {
    let admin = Customer::admin(&access()).await;
    let (path, other) = (
        format!("/products/{}", admin.add_product(9, 100).await),
        format!("/products/{}", admin.add_product(9, 100).await),
    );
    let first = tag(&admin, &path).await;
    let _changed = patch(&admin, &path, &[&first]).await.expect(200);
    for before in [format!("{first}, "), "\"x\" ,, ".to_owned(), "W/\"x\",\"a,b\",".to_owned()] {
        let tags = format!("{before}{} ,", tag(&admin, &path).await);
        let _any = patch(&admin, &path, &[&tags]).await.expect(200);
    }
    let now = tag(&admin, &path).await;
    let _two_lines = patch(&admin, &path, &[&first, &now]).await.expect(200);
    let now = tag(&admin, &path).await;
    let weak = format!("W/{now}");
    let made_up = now.replacen("-9", "-999", 1);
    assert_ne!(made_up, now);
    for tags in [
        first.clone(),
        weak,
        made_up,
        "\"2-9\"".to_owned(),
        "\"2-999\"".to_owned(),
        tag(&admin, &other).await,
    ] {
        let _stale = patch(&admin, &path, &[&tags]).await.refused(412, "precondition_failed");
        for method in [Method::PUT, Method::DELETE] {
            let request = admin.request(method.clone(), Inventory, &path).header("If-Match", &tags);
            let body = json!({"name": "N", "description": "d", "price": {"amount": 1, "currency": "USD"}, "category": "desk"});
            let request = if method == Method::PUT { request.json(&body) } else { request };
            let _stale = Answer::of(request).await.refused(412, "precondition_failed");
        }
    }
    for malformed in ["2-9", "\"a", "'a'", "\"a\" \"b\"", "*, \"a\"", ""] {
        let refused = patch(&admin, &path, &[malformed]).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "If-Match", "{malformed}");
    }
    let gone = format!("/products/none-{}", unique());
    for tags in ["*", now.as_str()] {
        let _none = patch(&admin, &gone, &[tags]).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn sale_does_not_invalidate_an_earlier_tag() {
    let admin = Customer::admin(&access()).await;
    let sku = admin.add_product(9, 100).await;
    let path = format!("/products/{sku}");
    let seen = tag(&admin, &path).await;
    let request = admin.request(Method::POST, Inventory, &format!("{path}/stock/adjustments"));
    let request = request.header("Idempotency-Key", "sale").json(&json!({"delta": -1, "reason": "sold"}));
    let _sold = Answer::of(request).await.expect(201);
    let changed = tag(&admin, &path).await;
    assert_ne!(changed, seen, "a cache learns of the sale");
    let _patched = patch(&admin, &path, &[&seen]).await.expect(200);
    let _stale = patch(&admin, &path, &[&changed]).await.refused(412, "precondition_failed");
}

#[tokio::test]
async fn if_none_match_is_a_list() {
    let admin = Customer::admin(&access()).await;
    let path = format!("/products/{}", admin.add_product(0, 100).await);
    let now = tag(&admin, &path).await;
    let status = async |known: &str| {
        Answer::of(admin.request(Method::GET, Inventory, &path).header("If-None-Match", known)).await.status
    };
    for known in ["*".to_owned(), format!("\"a,b\", {now}"), format!("W/{now}")] {
        assert_eq!(status(&known).await, 304, "{known}");
    }
    for known in ["\"a\"".to_owned(), now.replace('"', ""), format!("{now} x")] {
        assert_eq!(status(&known).await, 200, "{known}");
    }
}

#[tokio::test]
async fn new_price_is_in_a_currency_in_circulation() {
    let admin = Customer::admin(&access()).await;
    let create = async |currency: &str| {
        let body = json!({"sku": format!("CUR-{}", unique()), "name": "N", "description": "d", "category": "desk",
            "price": {"amount": 5, "currency": currency}});
        admin.post(Inventory, "/products", &body).await
    };
    for current in ["XCG", "EUR", "VES", "JPY", "KWD"] {
        assert_eq!(create(current).await.expect(201).value()["price"]["currency"], current);
    }
    for withdrawn in ["ANG", "BGN", "HRK"] {
        let refused = create(withdrawn).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "price.currency", "{withdrawn}");
    }
    for none in ["XAU", "XXX", "usd"] {
        let _refused = create(none).await.refused(422, "validation_error");
    }
    let path = format!("/products/{}", admin.add_product(0, 100).await);
    for price in [json!({"currency": "BGN"}), json!({"amount": 1, "currency": "ANG"})] {
        let request = admin.request(Method::PATCH, Inventory, &path).header("If-Match", "*");
        let refused =
            Answer::of(request.json(&json!({"price": price}))).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "price.currency");
    }
}
