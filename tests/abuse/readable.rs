//! Names and addresses of customers, which other people read.

use std::time::Duration;

use estore_testbed::ServiceName::{Payment, User};
use estore_tests::{Access, Answer, CARD, Customer, PASSWORD, access, shop, unique, until};
use reqwest::Method;
use serde_json::{Value, json};

use super::visitor::Visitor;

const LIMIT: Duration = Duration::from_secs(30);
/// A name that an earlier rule accepted.
const OLD_NAME: &str = "see http://prize.example";
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

/// Gives an account texts that today's rules refuse. Returns its address.
fn age_account(customer: &Customer) -> Value {
    let old = address("http://prize.example", "UK", Some("KA7 1AA"));
    let statement = format!(
        "UPDATE users SET name = '{OLD_NAME}', phone = '030 1234567', shipping_address = '{old}' WHERE email = '{}'",
        customer.email
    );
    let _changed = shop().postgres.sql("userdb", &statement).unwrap();
    old
}

/// Gives a final order in Great Britain a country that today's rules refuse.
fn age_order(id: &str) {
    let password = shop().environment(Payment)["REDIS_PASSWORD"].clone();
    let ask = |command: &[&str]| shop().redis.ask("payment", &password, command).unwrap();
    for (key, field) in [("{pay}:views".to_owned(), id), (format!("{{pay}}:o:{id}"), "request")] {
        let stored = ask(&["HGET", &key, field]);
        let old = stored.replace(r#""country":"GB""#, r#""country":"UK""#);
        assert_ne!(old, stored, "{key}");
        assert_eq!(ask(&["HSET", &key, field, &old]), "0", "{key}");
    }
}

#[tokio::test]
async fn account_from_before_the_rules_is_served() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let old = age_account(&customer);
    let me = customer.get(User, "/me").await.expect(200).value();
    assert_eq!((&me["name"], &me["shipping_address"]), (&json!(OLD_NAME), &old));
    assert_eq!(me["phone"], "030 1234567");
    let _by_login = Customer::login(&access, &customer.email, PASSWORD).await;
    // Another service reads the name too.
    let _orders = customer.get(Payment, "/orders").await.expect(200);
}

#[tokio::test]
async fn old_name_holds_back_no_order_email() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(9, 100).await;
    let old = Customer::register(&access, Access::mailbox()).await;
    let other = Customer::register(&access, Access::mailbox()).await;
    let _address = age_account(&old);
    let customers = [(&old, OLD_NAME), (&other, "Ada")];
    let mut numbers = Vec::new();
    for (customer, _) in customers {
        let card = customer.save_card(CARD).await;
        let order = customer.order(&unique(), card, &sku, 1).await.expect(201).value();
        numbers.push(order["number"].as_str().unwrap().to_owned());
    }
    for ((customer, name), number) in customers.into_iter().zip(&numbers) {
        let mails = Access::mailbox().wait_for(&customer.email, 2, LIMIT).await.unwrap();
        let (subject, text) = (&mails[1].subject, &mails[1].text);
        assert!(subject.contains(number) && text.contains(name), "{subject}: {text}");
    }
}

#[tokio::test]
async fn old_texts_are_read_by_every_service() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let (sku, card) = (admin.add_product(9, 100).await, customer.save_card(CARD).await);
    let body = json!({
        "items": [{"sku": sku, "quantity": 1}], "payment_method_id": card,
        "shipping_address": address("1 High Street", "GB", Some("KA7 1AA"))
    });
    let order = Answer::of(customer.order_request(&unique(), &body)).await.expect(201).value();
    let (id, number) = (order["id"].as_str().unwrap(), order["number"].as_str().unwrap());
    age_order(id);
    let _address = age_account(&customer);

    let export = customer.get(User, "/me/export").await.expect(200).value();
    assert_eq!(export["payment"]["orders"][0]["shipping_address"]["country"], "UK");
    let visitor = Visitor::login(&access, &customer.email, PASSWORD).await;
    visitor.sees("/account", OLD_NAME).await;
    visitor.sees("/account/addresses", "http://prize.example").await;
    visitor.sees("/orders", number).await;
    visitor.sees(&format!("/orders/{number}"), "1 High Street").await;

    let owner = Visitor::login(&access, &access.admin.0, &access.admin.1).await;
    let account = export["profile"]["id"].as_str().unwrap();
    owner.sees(&format!("/admin/customers/{account}"), OLD_NAME).await;
    owner.sees(&format!("/admin/orders/{id}"), "1 High Street").await;
    // A job writes the text in which the search finds an account.
    let (part, _domain) = customer.email.split_once('@').unwrap();
    let found = async || owner.open(&format!("/admin/customers?part={part}")).await.text;
    let _listed = until(LIMIT, found, |page| page.contains(&customer.email)).await;
}
