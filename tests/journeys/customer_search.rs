//! Search for accounts by a part of the name or the address.

use std::time::Duration;

use estore_testbed::ServiceName::User;
use estore_tests::{Access, Answer, Customer, access, unique, until};
use reqwest::Method;
use serde_json::{Value, json};

/// Searches, and returns the addresses that were found.
async fn found(admin: &Customer, q: &str) -> Vec<String> {
    let request = admin.request(Method::GET, User, "/users").query(&[("q", q)]);
    let page = Answer::of(request).await.expect(200).value();
    let email = |item: &Value| item["email"].as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(email).collect()
}

/// Searches until the job has folded the latest change.
async fn found_once(admin: &Customer, q: &str, expected: &[&str]) {
    let ask = async || found(admin, q).await;
    let _found = until(Duration::from_secs(20), ask, |emails| *emails == expected).await;
}

#[tokio::test]
async fn customer_is_found_by_partial_name_or_address() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let word = unique()[..12].to_owned();
    let name = json!({"name": format!("Zoë Łó{word}")});
    let _named = Answer::of(customer.request(Method::PATCH, User, "/me").json(&name)).await.expect(200);
    let email = customer.email.as_str();
    for q in [
        format!("lo{word}"),
        format!("ŁÓ{}", word.to_uppercase()),
        format!("ZOE lo{word}"),
        word[2..].to_owned(),
        email.to_owned(),
        email.to_uppercase(),
        email[4..24].to_owned(),
    ] {
        found_once(&admin, &q, &[email]).await;
    }
    assert!(found(&admin, &format!("eve {word}")).await.is_empty());
    for literal in [format!("%{word}"), format!("l_{word}"), format!("{word}\\")] {
        assert!(found(&admin, &literal).await.is_empty(), "{literal}");
    }
    let other = json!({"name": "Somebody Else"});
    let _named = Answer::of(customer.request(Method::PATCH, User, "/me").json(&other)).await.expect(200);
    found_once(&admin, &word, &[]).await;
    found_once(&admin, email, &[email]).await;
}

#[tokio::test]
async fn search_is_paged_and_combined_with_filters() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let word = unique()[..12].to_owned();
    let mut emails = Vec::new();
    for _ in 0..3 {
        let customer = Customer::register(&access, Access::mailbox()).await;
        let name = json!({"name": format!("Ada {word}")});
        let _named = Answer::of(customer.request(Method::PATCH, User, "/me").json(&name)).await.expect(200);
        emails.insert(0, customer.email);
    }
    let expected: Vec<&str> = emails.iter().map(String::as_str).collect();
    found_once(&admin, &word, &expected).await;
    let (mut paged, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut query = vec![("q", word.clone()), ("limit", "1".to_owned())];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        let page =
            Answer::of(admin.request(Method::GET, User, "/users").query(&query)).await.expect(200).value();
        paged.push(page["items"][0]["email"].as_str().unwrap().to_owned());
        cursor = page["next_cursor"].as_str().map(ToOwned::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(paged, emails);
    for (name, value, count) in
        [("role", "admin", 0), ("role", "customer", 3), ("status", "disabled", 0), ("status", "active", 3)]
    {
        let query = [("q", word.as_str()), (name, value)];
        let page = Answer::of(admin.request(Method::GET, User, "/users").query(&query)).await.expect(200);
        assert_eq!(page.value()["items"].as_array().map(Vec::len), Some(count), "{name}={value}");
    }
}

#[tokio::test]
async fn search_without_letters_is_refused() {
    let admin = Customer::admin(&access()).await;
    for q in ["", " ", "\u{301}", "a\0b", "a\nb", &"a".repeat(101)] {
        let request = admin.request(Method::GET, User, "/users").query(&[("q", q)]);
        let refused = Answer::of(request).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "q", "{q:?}");
    }
    for q in ["'", "'; DROP TABLE users; --", "\\", "%_%", "$1", "王"] {
        let _answered = found(&admin, q).await;
    }
}
