//! Lists of named products for a basket, of archived products, and of prices.

use std::collections::BTreeSet;

use estore_contract::{
    Page,
    inventory::{Facets, PriceHistory, Product},
};
use estore_testbed::ServiceName::Inventory;
use estore_tests::{Access, Answer, Customer, access, unique};
use reqwest::Method;
use serde_json::{Value, json};

fn skus(page: &Page<Product>) -> Vec<&str> {
    page.items.iter().map(|product| product.sku.as_str()).collect()
}

async fn change(admin: &Customer, method: Method, sku: &str, body: &Value) -> Answer {
    let request = admin.request(method, Inventory, &format!("/products/{sku}")).header("If-Match", "*");
    Answer::of(request.json(body)).await
}

async fn archive(admin: &Customer, sku: &str) {
    let request = admin.request(Method::DELETE, Inventory, &format!("/products/{sku}"));
    let _archived = Answer::of(request.header("If-Match", "*")).await.expect(204);
}

#[tokio::test]
async fn named_products_keep_the_order_asked() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let (one, two) = (admin.add_product(3, 100).await, admin.add_product(0, 200).await);
    let gone = admin.add_product(1, 300).await;
    archive(&admin, &gone).await;
    let path = format!("/products?sku={two}&sku=NONE-{}&sku={gone}&sku={one}&sku={two}", &unique()[..10]);
    let answer = customer.get(Inventory, &path).await.expect(200);
    let page: Page<Product> = answer.json();
    assert_eq!((skus(&page), page.next_cursor.as_ref()), (vec![two.as_str(), one.as_str()], None));
    assert_eq!((page.items[1].available, page.items[1].price.amount), (3, 100));

    let known =
        customer.request(Method::GET, Inventory, &path).header("If-None-Match", answer.header("etag"));
    let _known = Answer::of(known).await.expect(304);
    let _changed = change(&admin, Method::PATCH, &one, &json!({"price": {"amount": 150}})).await.expect(200);
    let page: Page<Product> = customer.get(Inventory, &path).await.expect(200).json();
    assert_eq!(page.items[1].price.amount, 150);
}

#[tokio::test]
async fn named_products_are_bounded_and_combine_with_nothing() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    let many = |count: usize| (0..count).map(|n| format!("sku=N-{n}")).collect::<Vec<_>>().join("&");
    let most = customer.get(Inventory, &format!("/products?{}", many(100))).await.expect(200);
    assert_eq!(most.value(), json!({"items": [], "next_cursor": null}));
    for (query, field) in [
        (many(101).as_str(), "sku"),
        ("sku=", "sku"),
        ("sku=a%20b", "sku"),
        ("sku=A&q=mug", "q"),
        ("sku=A&in_stock=true", "in_stock"),
        ("sku=A&currency=USD", "currency"),
        ("sku=A&status=active", "status"),
        ("status=gone", "status"),
    ] {
        let answer = customer.get(Inventory, &format!("/products?{query}")).await;
        assert_eq!(answer.refused(422, "validation_error").details[0].field, field);
    }
}

#[tokio::test]
async fn archived_products_are_listed_for_admins_alone() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let mut gone = BTreeSet::new();
    for _ in 0..3 {
        let sku = admin.add_product(1, 100).await;
        archive(&admin, &sku).await;
        gone.insert(sku);
    }
    let _forbidden = customer.get(Inventory, "/products?status=archived").await.refused(403, "forbidden");
    let anonymous = access.http.get(access.url(Inventory, "/products?status=archived"));
    let _anonymous = Answer::of(anonymous).await.refused(401, "missing_token");
    let _filtered =
        admin.get(Inventory, "/products?status=archived&q=mug").await.refused(422, "validation_error");

    let listed = async || {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/products?status=archived&limit=2{cursor}");
            let page: Page<Product> = admin.get(Inventory, &path).await.expect(200).json();
            assert!(page.items.len() <= 2);
            assert!(page.items.iter().all(|product| product.status.as_str() == "archived"));
            found.extend(skus(&page).into_iter().map(str::to_owned));
            match page.next_cursor {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    };
    let all = listed().await;
    assert!(all.is_sorted() && gone.iter().all(|sku| all.contains(sku)));
    let back = gone.first().unwrap();
    let _active = change(&admin, Method::PATCH, back, &json!({"status": "active"})).await.expect(200);
    assert!(!listed().await.contains(back));

    let foreign: Page<Product> = admin.get(Inventory, "/products?limit=1").await.expect(200).json();
    let path = format!("/products?status=archived&cursor={}", foreign.next_cursor.unwrap());
    let _foreign = admin.get(Inventory, &path).await.refused(422, "validation_error");
}

#[tokio::test]
async fn currency_narrows_list_and_facets() {
    let admin = Customer::admin(&access()).await;
    let tag = format!("t{}", &unique()[..12]);
    for (name, currency) in [("A", "EUR"), ("B", "EUR"), ("C", "JPY")] {
        let body = json!({"sku": format!("{name}-{}", &unique()[..12]), "name": name, "description": "x",
            "price": {"amount": 5, "currency": currency}, "category": "desk", "tags": [tag]});
        let _created = admin.post(Inventory, "/products", &body).await.expect(201);
    }
    let list: Page<Product> =
        admin.get(Inventory, &format!("/products?tag={tag}&currency=EUR")).await.expect(200).json();
    assert_eq!(list.items.iter().map(|product| product.name.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    let facets: Facets =
        admin.get(Inventory, &format!("/facets?tag={tag}&currency=EUR")).await.expect(200).json();
    assert_eq!((facets.total, facets.currencies.len()), (2, 1));
    let _unknown = admin.get(Inventory, "/products?currency=XXX").await.refused(422, "validation_error");
}

#[tokio::test]
async fn price_history_has_each_price_once() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(0, 100).await;
    for body in [
        json!({"price": {"amount": 120}}),
        json!({"name": "Renamed"}),
        json!({"price": {"amount": 120}}),
        json!({"price": {"amount": 120, "currency": "EUR"}}),
    ] {
        let _changed = change(&admin, Method::PATCH, &sku, &body).await.expect(200);
    }
    let path = format!("/products/{sku}/price-history");
    let history: PriceHistory = admin.get(Inventory, &path).await.expect(200).json();
    let prices: Vec<_> = history.items.iter().map(|item| (item.price.to_string(), item.version)).collect();
    let expected = [("1.20 EUR", 5), ("1.20 USD", 2), ("1.00 USD", 1)];
    assert_eq!(prices, expected.map(|(price, version)| (price.to_owned(), version)));
    assert!(history.items.is_sorted_by(|newer, older| newer.at >= older.at));

    let _none = admin.get(Inventory, "/products/NONE/price-history").await.refused(404, "not_found");
    let customer = Customer::register(&access, Access::mailbox()).await;
    let _forbidden = customer.get(Inventory, &path).await.refused(403, "forbidden");
}
