//! Names and addresses of customers, which other people read.

use estore_testbed::ServiceName::{Payment, User};
use estore_tests::{Access, Answer, CARD, Customer, PASSWORD, access, shop, unique};
use reqwest::Method;
use serde_json::{Value, json};

const LINKS: [&str; 7] = [
    "you won, take it at http://prize.example",
    "HTTPS://prize.example/a",
    "www.prize.example",
    "take it at prize.example",
    "write to eve@prize.example",
    "\u{ff48}ttp\u{ff1a}\u{ff0f}\u{ff0f}prize",
    "see t.me/prize",
];
const HIDDEN: [&str; 8] = [
    "\u{200b}",
    "\u{3164}\u{2800}",
    "\u{ad}",
    "Ada \u{202e}evE",
    "\u{2066}Ada\u{2069}",
    "Ada\u{200f}",
    "Ad\u{200b}a",
    "A\u{2028}B",
];

async fn patch(customer: &Customer, body: Value) -> Answer {
    Answer::of(customer.request(Method::PATCH, User, "/me").json(&body)).await
}

fn address(line1: &str, country: &str, postal_code: Option<&str>) -> Value {
    let mut address = json!({"line1": line1, "city": "A town", "country": country});
    if let Some(code) = postal_code {
        address["postal_code"] = json!(code);
    }
    address
}

#[tokio::test]
async fn name_that_links_or_hides_is_refused() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    for bad in LINKS.into_iter().chain(HIDDEN) {
        let body = json!({"email": format!("{}@example.com", unique()), "password": PASSWORD, "name": bad});
        let register = access.post("/register", &body).await;
        for refused in [register, patch(&customer, json!({"name": bad})).await] {
            let refused = refused.refused(422, "validation_error");
            assert_eq!(refused.details[0].field, "name", "{bad:?}");
            assert!(refused.details[0].message.contains("no web address"), "{refused:?}");
        }
    }
    for good in [
        "J.R.R. O'Neill-Smith, Ph.D.",
        "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}",
        "\u{1f469}\u{200d}\u{1f4bb} Zo\u{eb}",
    ] {
        let changed = patch(&customer, json!({"name": good})).await.expect(200).value();
        assert_eq!(changed["name"], json!(good));
    }
}

#[tokio::test]
async fn address_that_links_or_hides_is_refused() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let card = customer.save_card(CARD).await;
    for bad in [LINKS[0], LINKS[4], LINKS[6], HIDDEN[0], HIDDEN[3], HIDDEN[6]] {
        let address = address(bad, "DE", Some("10115"));
        let refused = patch(&customer, json!({"shipping_address": address})).await;
        let refused = refused.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "shipping_address.line1", "{bad:?}");
        let order = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "payment_method_id": card, "shipping_address": address});
        let refused = Answer::of(customer.order_request(&unique(), &order)).await;
        let refused = refused.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "shipping_address.line1", "{bad:?}");
    }
    let street = address("Str.des 17. Juni 135 c/o B & Co.KG", "DE", Some("10623"));
    let _changed = patch(&customer, json!({"shipping_address": street})).await.expect(200);
}

#[tokio::test]
async fn country_and_postcode_follow_the_tables() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    for (country, code, field) in [
        ("XX", Some("10115"), "country"),
        ("UK", Some("KA7 1AA"), "country"),
        ("de", Some("10115"), "country"),
        ("DE", None, "postal_code"),
        ("US", None, "postal_code"),
    ] {
        let refused =
            patch(&customer, json!({"shipping_address": address("1 High Street", country, code)})).await;
        let refused = refused.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, format!("shipping_address.{field}"), "{country} {code:?}");
    }
    for (country, code) in [("HK", None), ("AE", None), ("IE", Some("D02 X285")), ("GB", Some("KA7 1AA"))] {
        let address = address("1 High Street", country, code);
        let changed = patch(&customer, json!({"shipping_address": address})).await.expect(200).value();
        assert_eq!(changed["shipping_address"], address);
    }
}

#[tokio::test]
async fn account_from_before_the_rules_is_served() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let old = address("http://prize.example", "UK", Some("KA7 1AA"));
    let statement = format!(
        "UPDATE users SET name = 'see http://prize.example', shipping_address = '{old}' WHERE email = '{}'",
        customer.email
    );
    let _changed = shop().postgres.sql("userdb", &statement).unwrap();
    let me = customer.get(User, "/me").await.expect(200).value();
    assert_eq!((&me["name"], &me["shipping_address"]), (&json!("see http://prize.example"), &old));
    let _by_login = Customer::login(&access, &customer.email, PASSWORD).await;
    // Another service reads the name too.
    let _orders = customer.get(Payment, "/orders").await.expect(200);
}
