//! The address book, whose default entry is the account's address.

use estore_testbed::ServiceName::User;
use estore_tests::{Access, Answer, Customer, PASSWORD, access, is_given, shop, unique_id};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

fn address(street: &str) -> Value {
    json!({"line1": street, "city": "Berlin", "postal_code": "10115", "country": "DE"})
}

async fn add(customer: &Customer, body: &Value) -> Answer {
    customer.post(User, "/me/addresses", body).await
}

async fn put(customer: &Customer, id: &Value, body: &Value) -> Answer {
    let path = format!("/me/addresses/{}", id.as_str().unwrap());
    Answer::of(customer.request(Method::PUT, User, &path).json(body)).await
}

async fn patch(customer: &Customer, body: &Value) -> Value {
    let patch = customer.request(Method::PATCH, User, "/me").json(body);
    Answer::of(patch).await.expect(200).value()["shipping_address"].clone()
}

/// Returns the entries, after a check that the default one and the account's address agree.
async fn book(customer: &Customer) -> Vec<Value> {
    let list = customer.get(User, "/me/addresses").await.expect(200).value();
    let items = list["items"].as_array().unwrap().clone();
    let defaults: Vec<_> = items.iter().filter(|item| item["is_default"] == true).collect();
    assert!(defaults.len() <= 1, "{list}");
    let account = customer.get(User, "/me").await.expect(200).value()["shipping_address"].clone();
    assert_eq!(defaults.first().map_or(Value::Null, |item| item["address"].clone()), account);
    items
}

#[tokio::test]
async fn first_entry_is_the_default_until_changed() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    assert!(book(&customer).await.is_empty());
    let home = json!({"label": "Home", "recipient": "Ada L.", "address": address("1 Main Street")});
    let home = add(&customer, &home).await.expect(201).value();
    assert_eq!((&home["label"], &home["is_default"]), (&json!("Home"), &json!(true)));
    let work = add(&customer, &json!({"address": address("2 Side Street")})).await.expect(201).value();
    assert_eq!((&work["label"], &work["recipient"]), (&Value::Null, &Value::Null));
    assert_eq!(book(&customer).await, [home.clone(), work.clone()]);
    let body = json!({"label": "Work", "address": address("2 Side Street"), "is_default": true});
    let work = put(&customer, &work["id"], &body).await.expect(200).value();
    let now = book(&customer).await;
    assert_eq!((&now[0], &now[1]["is_default"]), (&work, &json!(false)));
    let body = json!({"label": "Work", "address": address("3 Side Street")});
    let work = put(&customer, &work["id"], &body).await.expect(200).value();
    assert_eq!((&work["is_default"], &book(&customer).await[0]), (&json!(true), &work));
    let body = json!({"address": address("3 Side Street"), "is_default": false});
    let _ordinary = put(&customer, &work["id"], &body).await.expect(200);
    assert!(book(&customer).await.iter().all(|entry| entry["is_default"] == false));
}

#[tokio::test]
async fn profile_and_default_entry_are_one() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    assert_eq!(
        patch(&customer, &json!({"shipping_address": address("1 Main Street")})).await["city"],
        "Berlin"
    );
    let created = book(&customer).await;
    assert_eq!((created.len(), &created[0]["is_default"]), (1, &json!(true)));
    let body = json!({"label": "Home", "address": address("1 Main Street")});
    let _named = put(&customer, &created[0]["id"], &body).await.expect(200);
    let _changed = patch(&customer, &json!({"shipping_address": {"line1": "2 Main Street"}})).await;
    let changed = book(&customer).await;
    assert_eq!((&changed[0]["id"], &changed[0]["label"]), (&created[0]["id"], &json!("Home")));
    assert_eq!(changed[0]["address"]["line1"], "2 Main Street");
    let other = add(&customer, &json!({"address": address("3 Side Street")})).await.expect(201).value();
    assert_eq!(patch(&customer, &json!({"shipping_address": null})).await, Value::Null);
    assert_eq!(book(&customer).await, std::slice::from_ref(&other));
    let path = format!("/me/addresses/{}", other["id"].as_str().unwrap());
    let delete = async || Answer::of(customer.request(Method::DELETE, User, &path)).await;
    let _deleted = delete().await.expect(204);
    let _gone = delete().await.refused(404, "not_found");
    assert!(book(&customer).await.is_empty());
}

#[tokio::test]
async fn book_is_full_after_twenty_entries() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    let body = |number: usize| json!({"address": address(&format!("{number} Main Street")), "is_default": number == 1});
    let bodies: Vec<Value> = (0..24).map(body).collect();
    let answers = join_all(bodies.iter().map(|body| add(&customer, body))).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(409)), (20, 4), "{answers:?}");
    let entries = book(&customer).await;
    assert_eq!(entries.len(), 20);
    let _full = add(&customer, &json!({"address": address("99 Side Street")}))
        .await
        .refused(409, "too_many_addresses");
    // A repeat adds nothing, so a full book has room for it.
    let mut known = entries[5].clone();
    known.as_object_mut().unwrap().remove("id");
    let repeated = add(&customer, &known).await.expect(200).value();
    assert_eq!(repeated["id"], entries[5]["id"]);
}

#[tokio::test]
async fn concurrent_defaults_leave_one_in_the_book() {
    let customer = Customer::register(&access(), Access::mailbox()).await;
    let write = async |number: usize| {
        let address = address(&format!("{number} Main Street"));
        match number % 3 {
            0 => {
                let body = json!({"address": address, "is_default": true});
                let _added = add(&customer, &body).await.expect(201);
            }
            1 => {
                let _changed = patch(&customer, &json!({"shipping_address": address})).await;
            }
            _ => {
                let _added = add(&customer, &json!({"address": address})).await.expect(201);
            }
        }
    };
    let _done = join_all((0..12).map(write)).await;
    let entries = book(&customer).await;
    assert_eq!(entries.iter().filter(|entry| entry["is_default"] == true).count(), 1, "{entries:?}");
}

#[tokio::test]
async fn entry_of_another_account_does_not_exist() {
    let access = access();
    let (ada, eve) = (
        Customer::register(&access, Access::mailbox()).await,
        Customer::register(&access, Access::mailbox()).await,
    );
    let body = json!({"address": address("1 Main Street")});
    let id = add(&ada, &body).await.expect(201).value()["id"].clone();
    for unknown in [id, json!(unique_id())] {
        let _hidden = put(&eve, &unknown, &body).await.refused(404, "not_found");
        let path = format!("/me/addresses/{}", unknown.as_str().unwrap());
        let _hidden = Answer::of(eve.request(Method::DELETE, User, &path)).await.refused(404, "not_found");
    }
    assert_eq!((book(&ada).await.len(), book(&eve).await.len()), (1, 0));
    for (bad, field) in [
        (json!({"label": "http://prize.example", "address": address("1")}), "label"),
        (json!({"label": "x".repeat(41), "address": address("1")}), "label"),
        (json!({"recipient": "prize.example", "address": address("1")}), "recipient"),
        (
            json!({"address": {"line1": "1", "city": "B", "postal_code": "1", "country": "XX"}}),
            "address.country",
        ),
        (json!({"address": address("1"), "is_default": null}), "is_default"),
        (json!({"label": "Home"}), "address"),
    ] {
        let refused = add(&eve, &bad).await.refused(422, "validation_error");
        assert!(refused.details.iter().any(|detail| detail.field.starts_with(field)), "{bad}: {refused:?}");
    }
}

#[tokio::test]
async fn book_is_exported_and_erased_with_the_account() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let street = format!("{} Canary Row", unique_id());
    let body = json!({"label": "Home", "address": address(&street)});
    let entry = add(&customer, &body).await.expect(201).value();
    let export = customer.get(User, "/me/export").await.expect(200).value();
    assert_eq!(export["addresses"], json!([entry]));
    let close = customer.request(Method::DELETE, User, "/me").json(&json!({"password": PASSWORD}));
    let _closed = Answer::of(close).await.expect(204);
    if !is_given() {
        let count = format!("SELECT count(*) FROM addresses WHERE address ->> 'line1' = '{street}'");
        assert_eq!(shop().postgres.sql("userdb", &count).unwrap().trim(), "0");
    }
}
