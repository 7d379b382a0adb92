//! Browsing the catalogue, and changes of it by admins.

use std::collections::BTreeSet;

use estore_contract::{
    Page,
    inventory::{Facets, Product},
};
use estore_testbed::ServiceName::Inventory;
use estore_tests::{Access, Answer, Customer, access, is_given, shop, unique};
use reqwest::Method;
use serde_json::{Value, json};

async fn pages(customer: &Customer, query: &str) -> Vec<Product> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Page<Product> =
            customer.get(Inventory, &format!("/products?{query}{cursor}")).await.expect(200).json();
        found.extend(page.items);
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn seeded_catalogue_is_paged_without_gap_or_repeat() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    let all = pages(&customer, "limit=100&category=kitchen").await;
    assert!(all.len() >= 20 && all.iter().all(|product| !product.images.is_empty()));
    for sort in ["name", "price", "-price", "created_at", "-created_at"] {
        let listed = pages(&customer, &format!("limit=7&category=kitchen&sort={sort}")).await;
        let skus: BTreeSet<_> = listed.iter().map(|product| product.sku.clone()).collect();
        assert_eq!((listed.len(), skus.len()), (all.len(), all.len()), "{sort}");
        let sorted = listed.windows(2).all(|pair| match sort {
            "name" => pair[0].name.as_str().to_lowercase() <= pair[1].name.as_str().to_lowercase(),
            "price" => pair[0].price.amount <= pair[1].price.amount,
            "-price" => pair[0].price.amount >= pair[1].price.amount,
            "created_at" => pair[0].created_at <= pair[1].created_at,
            _ => pair[0].created_at >= pair[1].created_at,
        });
        assert!(sorted, "{sort}");
    }
}

#[tokio::test]
async fn scarcest_products_come_first() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let (five, two, none) =
        (admin.add_product(5, 100).await, admin.add_product(2, 100).await, admin.add_product(0, 100).await);
    // Other tests sell other products meanwhile.
    let listed = async |query: &str| {
        let found = pages(&admin, &format!("limit=100&category=desk&sort=available{query}")).await;
        let mut skus: Vec<String> = found.iter().map(|product| product.sku.to_string()).collect();
        skus.retain(|sku| [&five, &two, &none].contains(&sku));
        skus
    };
    assert_eq!(listed("").await, [none.clone(), two.clone(), five.clone()]);
    assert_eq!(listed("&in_stock=true").await, [two.clone(), five.clone()]);
    let request = admin.request(Method::POST, Inventory, &format!("/products/{two}/stock/adjustments"));
    let request = request.header("Idempotency-Key", "more").json(&json!({"delta": 9, "reason": "delivery"}));
    let _booked = Answer::of(request).await.expect(201);
    assert_eq!(listed("&in_stock=true").await, [five.clone(), two.clone()]);
    let _mixed = admin.get(Inventory, "/products?sort=-available").await.expect(422);
}

#[tokio::test]
async fn facets_count_the_list() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    let listed = pages(&customer, "limit=100&category=kitchen&max_price=4000").await;
    let path = "/facets?category=kitchen&max_price=4000";
    let answer = customer.get(Inventory, path).await.expect(200);
    let facets: Facets = answer.json();
    assert_eq!(facets.total, listed.len() as u64);
    let steel =
        listed.iter().filter(|product| product.tags.iter().any(|tag| tag.as_str() == "steel")).count();
    let facet = facets.tags.iter().find(|facet| facet.tag.as_str() == "steel").unwrap();
    assert!(steel > 0 && facet.count == steel as u64, "{facets:?}");
    assert_eq!(
        facets.categories.iter().find(|facet| facet.slug.as_str() == "kitchen").unwrap().count,
        facets.total
    );
    assert_eq!(facets.currencies.iter().map(|facet| facet.count).sum::<u64>(), facets.total);

    let known = customer.request(Method::GET, Inventory, path).header("If-None-Match", answer.header("etag"));
    let _known = Answer::of(known).await.expect(304);
    let nothing: Facets = customer.get(Inventory, "/facets?q=%2C").await.expect(200).json();
    assert_eq!(nothing, Facets::default());
    let _unknown = customer.get(Inventory, "/facets?colour=red").await.expect(422);
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    let kitchen = pages(&customer, "limit=100&category=kitchen").await;
    let expected = |fits: &dyn Fn(&Product) -> bool| {
        kitchen
            .iter()
            .filter(|product| fits(product))
            .map(|product| product.sku.clone())
            .collect::<BTreeSet<_>>()
    };
    let tag = |product: &Product, tag: &str| product.tags.iter().any(|other| other.as_str() == tag);
    let cases: [(&str, BTreeSet<_>); 5] = [
        ("tag=steel", expected(&|product| tag(product, "steel"))),
        ("tag=steel&tag=insulated", expected(&|product| tag(product, "steel") && tag(product, "insulated"))),
        ("min_price=2000&max_price=4000", expected(&|product| (2000..=4000).contains(&product.price.amount))),
        ("in_stock=true", expected(&|product| product.available > 0)),
        ("q=GRÖSSE", BTreeSet::new()),
    ];
    for (query, expected) in cases {
        let found: BTreeSet<_> = pages(&customer, &format!("limit=5&category=kitchen&{query}"))
            .await
            .into_iter()
            .map(|product| product.sku)
            .collect();
        assert_eq!(found, expected, "{query}");
    }
    let found = pages(&customer, "q=Café").await;
    assert_eq!(found[0].sku.as_str(), "CARAFE-CAFE-01", "a word in the name outweighs one in a description");
    assert!(pages(&customer, "category=no-such-one").await.is_empty());
    for bad in [
        "limit=0",
        "sort=best",
        "cursor=abc",
        "min_price=x",
        "max_price=-1",
        "page=2",
        "in_stock=maybe",
        "category=%2e%2e",
        "tag=a%00b",
    ] {
        let _refused =
            customer.get(Inventory, &format!("/products?{bad}")).await.refused(422, "validation_error");
    }
    for literal in ["%7Binv%7D%3Ap", "%27%20OR%201%3D1", "%22%5D%29%20redis.call", "%2A", "%0A%0D"] {
        let _data = customer.get(Inventory, &format!("/products?q={literal}")).await.expect(200);
    }
}

#[tokio::test]
async fn unchanged_product_is_answered_not_modified() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let sku = admin.add_product(3, 100).await;
    let path = format!("/products/{sku}");
    let first = customer.get(Inventory, &path).await.expect(200);
    assert_eq!(first.header("cache-control"), "private, max-age=0");
    let tag = first.header("etag").to_owned();
    let again = || Answer::of(customer.request(Method::GET, Inventory, &path).header("If-None-Match", &tag));
    assert_eq!(again().await.expect(304).text, "");
    let request = admin
        .request(Method::POST, Inventory, &format!("{path}/stock/adjustments"))
        .header("Idempotency-Key", "2");
    let _booked = Answer::of(request.json(&json!({"delta": 1, "reason": "found one"}))).await.expect(201);
    assert_eq!(again().await.expect(200).value()["available"], 4);
    let _anonymous =
        Answer::of(access.http.get(access.url(Inventory, &path))).await.refused(401, "missing_token");
}

#[tokio::test]
async fn picture_is_public_immutable_and_harmless() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let mug = customer.get(Inventory, "/products/MUG-ENAMEL-01").await.expect(200).value();
    let path = mug["images"][0].as_str().unwrap().to_owned();
    let picture = Answer::of(access.http.get(access.url(Inventory, &path))).await.expect(200);
    assert_eq!(
        (picture.header("content-type"), picture.header("cache-control")),
        ("image/svg+xml", "public, max-age=31536000, immutable")
    );
    assert!(
        picture.header("content-security-policy").contains("sandbox") && picture.text.starts_with("<svg")
    );
    let _none = Answer::of(access.http.get(access.url(Inventory, "/images/none.svg")))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn product_change_requires_the_version_seen() {
    let admin = Customer::admin(&access()).await;
    let sku = admin.add_product(0, 100).await;
    let path = format!("/products/{sku}");
    let exists = json!({"sku": sku, "name": "Twin", "description": "x", "price": {"amount": 1, "currency": "USD"}, "category": "desk"});
    let _taken = admin.post(Inventory, "/products", &exists).await.refused(409, "sku_exists");
    let change = async |method: Method, tag: Option<&str>, body: Value| {
        let request = admin.request(method, Inventory, &path).json(&body);
        Answer::of(tag.into_iter().fold(request, |request, tag| request.header("If-Match", tag))).await
    };
    let tag = admin.get(Inventory, &path).await.expect(200).header("etag").to_owned();
    let _unconditional =
        change(Method::PATCH, None, json!({"name": "A"})).await.refused(428, "precondition_required");
    let patched =
        change(Method::PATCH, Some(&tag), json!({"name": "Unobtainium Ruler", "tags": ["rare-find"]}))
            .await
            .expect(200)
            .value();
    assert_eq!(
        (&patched["name"], &patched["version"], &patched["price"]["amount"]),
        (&json!("Unobtainium Ruler"), &json!(2), &json!(100))
    );
    let _stale =
        change(Method::PATCH, Some(&tag), json!({"name": "B"})).await.refused(412, "precondition_failed");
    let body = json!({"name": "Whole", "description": "New.", "price": {"amount": 5, "currency": "USD"}, "category": "paper"});
    let _replaced = change(Method::PUT, Some("*"), body.clone()).await.expect(200);
    let found = |query: &'static str| async {
        pages(&admin, query).await.iter().any(|product| product.sku.as_str() == sku)
    };
    assert!(
        !found("q=unobtainium").await
            && !found("tag=rare-find").await
            && found("q=whole&category=paper").await
    );
    for bad in [
        json!({"price": {"amount": -1, "currency": "USD"}}),
        json!({"price": {"amount": 1, "currency": "US"}}),
        json!({"price": {"amount": 1.5, "currency": "USD"}}),
        json!({"category": "none-such"}),
        json!({"images": ["/images/x"]}),
        json!({"stock": 5}),
        json!({"version": 9}),
    ] {
        let _refused = change(Method::PATCH, Some("*"), bad).await.refused(422, "validation_error");
    }
    let _archived =
        Answer::of(admin.request(Method::DELETE, Inventory, &path).header("If-Match", "*")).await.expect(204);
    assert!(!found("q=whole&category=paper").await);
    assert_eq!(admin.get(Inventory, &path).await.expect(200).value()["status"], "archived");
    let customer = Customer::register(&access(), Access::mailbox()).await;
    let card = customer.save_card(estore_tests::CARD).await;
    let _gone = customer.order("archived", card, &sku, 1).await.refused(422, "unknown_sku");
}

#[tokio::test]
async fn category_moves_with_its_subcategories() {
    let admin = Customer::admin(&access()).await;
    let (top, other, leaf) = (format!("a{}", unique()), format!("b{}", unique()), format!("c{}", unique()));
    let put = async |slug: &str, parent: Option<&str>| {
        Answer::of(
            admin
                .request(Method::PUT, Inventory, &format!("/categories/{slug}"))
                .json(&json!({"name": slug, "parent": parent})),
        )
        .await
    };
    for (slug, parent) in [(&top, None), (&other, None), (&leaf, Some(top.as_str()))] {
        let _written = put(slug, parent).await.expect(200);
    }
    let sku = format!("C-{}", &unique()[..10]);
    let body = json!({"sku": sku, "name": "In a leaf", "description": "x", "price": {"amount": 1, "currency": "USD"}, "category": leaf});
    let _created = admin.post(Inventory, "/products", &body).await.expect(201);
    let counts = async || {
        (
            pages(&admin, &format!("category={top}")).await.len(),
            pages(&admin, &format!("category={other}")).await.len(),
        )
    };
    assert_eq!(counts().await, (1, 0));
    let _moved = put(&leaf, Some(&other)).await.expect(200);
    assert_eq!(counts().await, (0, 1));
    let _cycle = put(&other, Some(&leaf)).await.refused(422, "validation_error");
    let _orphan = put(&leaf, Some("no-such-parent")).await.refused(422, "validation_error");
    let delete = async |slug: &str| {
        Answer::of(admin.request(Method::DELETE, Inventory, &format!("/categories/{slug}"))).await
    };
    let _used = delete(&leaf).await.refused(409, "category_in_use");
    let _has_child = delete(&other).await.refused(409, "category_in_use");
    let _removed = delete(&top).await.expect(204);
    let _gone = delete(&top).await.refused(404, "not_found");
}

#[tokio::test]
async fn stock_adjustment_is_idempotent_and_never_below_zero() {
    let admin = Customer::admin(&access()).await;
    let sku = admin.add_product(10, 100).await;
    let adjust = async |key: &str, delta: i64| {
        let request = admin
            .request(Method::POST, Inventory, &format!("/products/{sku}/stock/adjustments"))
            .header("Idempotency-Key", key);
        Answer::of(request.json(&json!({"delta": delta, "reason": "count"}))).await
    };
    let (first, again) = (adjust("a", -4).await.expect(201), adjust("a", -4).await.expect(201));
    assert_eq!((&first.text, again.header("idempotent-replayed")), (&again.text, "true"));
    let _reused = adjust("a", -5).await.refused(422, "idempotency_key_reused");
    let short = adjust("b", -7).await.refused(409, "insufficient_stock");
    assert_eq!((short.details[0].field.as_str(), short.details[0].available), ("delta", Some(6)));
    for delta in [0, 1_000_001, -1_000_001] {
        let _refused = adjust("c", delta).await.refused(422, "validation_error");
    }
    assert_eq!(admin.stock(&sku).await, (6, 0));
    let stock = admin.get(Inventory, &format!("/products/{sku}/stock")).await.value();
    assert_eq!(stock["movements"][0]["delta"], -4);
}

#[tokio::test]
async fn bootstrap_runs_again_and_changes_nothing() {
    if is_given() {
        println!("skipped: this test starts bootstrap, and uses a shop that somebody else runs");
        return;
    }
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let admin = Customer::admin(&access).await;
    let before =
        (customer.get(Inventory, "/products/TENT-DOME-02").await.text, admin.stock("TENT-DOME-02").await);
    let (one, two) = tokio::join!(shop().bootstrap(), shop().bootstrap());
    for said in [one.unwrap(), two.unwrap()] {
        assert!(said.contains(" 0 changed") && said.contains("0 products new"), "{said}");
    }
    assert_eq!(
        before,
        (customer.get(Inventory, "/products/TENT-DOME-02").await.text, admin.stock("TENT-DOME-02").await)
    );
}
