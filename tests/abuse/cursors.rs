//! The cursor of every list: edited, made up, and taken from another list.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_contract::payment::Order;
use estore_testbed::ServiceName::{self, Payment};
use estore_tests::{Access, Answer, CARD, Customer, PASSWORD, access, is_given, shop};
use reqwest::Method;
use serde_json::json;

use super::{
    document::{document, operations},
    internal::{client_of, internal},
};

/// Texts that decode as JSON and name no place in any list, or are cursors of an older version.
const MADE_UP: [&str; 24] = [
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "\"\"",
    "\"0-0\"",
    "\"18446744073709551615-18446744073709551615\"",
    "\"+1-1\"",
    "[]",
    "{}",
    "[null,null]",
    "[[],[]]",
    "[\"price\",false,[\"A\",null]]",
    "[\"price\",false,[\"A\",[]]]",
    "[\"name\",false,[\"A\",\"\\u0000\"]]",
    "[\"relevance\",true,[\"A\",null]]",
    "[[[\"price\",1],\"A\"],false]",
    "[[{\"price\":-1},\"A\"],false]",
    "[[{\"name\":\"a\"},\"\"],false]",
    "[9223372036854775807,\"00000000-0000-0000-0000-000000000000\"]",
    "[[-9999,1,0,0,0,0,0,0,0],\"00000000-0000-0000-0000-000000000000\"]",
    "[[9999,366,23,59,59,999999999,0,0,0],\"00000000-0000-0000-0000-000000000000\"]",
    "\"00000000-0000-0000-0000-000000000000\"",
];

/// Returns every list in the API documents that takes a cursor, and an admin who has two items in
/// each.
async fn lists(access: &Access) -> (Customer, Vec<(ServiceName, String)>) {
    let mut lists = Vec::new();
    for service in ServiceName::ALL {
        for (path, operations) in operations(&document(access, service).await) {
            let parameters = operations.get("get").map(|get| get["parameters"].clone()).unwrap_or_default();
            let mut names = parameters.as_array().into_iter().flatten().map(|one| &one["name"]);
            if names.any(|name| name == "cursor") {
                lists.push((service, path));
            }
        }
    }
    assert!(lists.len() >= 7, "{lists:?}");
    let admin = Customer::admin(access).await;
    let sku = admin.add_product(9, 100).await;
    let _other = Customer::admin(access).await;
    let (card, _other) = (admin.save_card(CARD).await, admin.save_card(CARD).await);
    for key in ["one", "two"] {
        let order = admin.order(&format!("{key}-{sku}"), card, &sku, 1).await.expect(201).json();
        if !is_given() {
            fail_a_refund(&admin, &order).await;
        }
    }
    // In a given shop nobody can make the gateway refuse.
    lists.retain(|(_, path)| !is_given() || path != "/refunds/failed");
    let _mailed = Customer::register(access, Access::mailbox()).await;
    (admin, lists)
}

/// Requests a refund that the gateway refuses, because its books have nothing left to refund.
async fn fail_a_refund(admin: &Customer, order: &Order) {
    let password = shop().environment(Payment)["REDIS_PASSWORD"].clone();
    let (payment, total) = (format!("{{gw}}:p:{}", order.id), order.total.unwrap().amount.to_string());
    let set = shop().redis.ask("payment", &password, &["HSET", &payment, "refunded", &total]).unwrap();
    assert!(matches!(set.as_str(), "0" | "1"), "{set}");
    let request = admin.request(Method::POST, Payment, &format!("/orders/{}/refunds", order.id));
    let refund = Answer::of(request.header("Idempotency-Key", "r").json(&json!({}))).await.expect(201);
    assert_eq!(refund.value()["status"], "failed", "{}", refund.text);
}

async fn ask(who: &Customer, (service, path): &(ServiceName, String), cursor: &str) -> Answer {
    Answer::of(who.request(Method::GET, *service, path).query(&[("limit", "1"), ("cursor", cursor)])).await
}

async fn refused(who: &Customer, list: &(ServiceName, String), cursor: &str) {
    let answer = ask(who, list, cursor).await;
    assert_eq!(answer.status, 422, "{list:?} {cursor:?}: {}", answer.text);
    assert_eq!(answer.refused(422, "validation_error").details[0].field, "cursor", "{list:?} {cursor:?}");
}

#[tokio::test]
async fn foreign_cursor_is_refused_in_every_list() {
    let access = access();
    let (admin, lists) = lists(&access).await;
    let mut cursors = BTreeMap::new();
    for list in &lists {
        let first = Answer::of(admin.request(Method::GET, list.0, &list.1).query(&[("limit", "1")])).await;
        let cursor = first.expect(200).value()["next_cursor"].as_str().unwrap_or_default().to_owned();
        assert!(!cursor.is_empty(), "{list:?} has no second page");
        let _own = ask(&admin, list, &cursor).await.expect(200);
        cursors.insert(list.1.clone(), cursor);
    }
    for list in &lists {
        for text in MADE_UP {
            refused(&admin, list, &URL_SAFE_NO_PAD.encode(text)).await;
        }
        for (path, cursor) in &cursors {
            if *path != list.1 {
                refused(&admin, list, cursor).await;
            }
        }
        for edited in edits(&cursors[&list.1]) {
            refused(&admin, list, &edited).await;
        }
    }
}

#[tokio::test]
async fn journal_reads_on_from_its_own_places_alone() {
    let _running = access();
    let (payment, journal) =
        (client_of("payment"), internal(ServiceName::Inventory, "/internal/reservations"));
    let read = async |after: &str| {
        Answer::of(payment.get(&journal).query(&[("limit", "1"), ("after", after)])).await
    };
    let first = Answer::of(payment.get(format!("{journal}?limit=1"))).await.expect(200).value();
    let _next = read(first[0]["cursor"].as_str().unwrap_or_default()).await.expect(200);
    // A restore begins before the first entry.
    assert_eq!(read("0-0").await.expect(200).value(), first);
    let last = "18446744073709551615-18446744073709551615";
    for after in
        [last, "+1-1", "1-+1", "01-0", "1", "1-", "-", "+", "$", "", " 1-1", "(1-1", "1-1\r\nx", "null"]
    {
        let refused = read(after).await.refused(422, "validation_error");
        assert_eq!(refused.details[0].field, "after", "{after:?}");
    }
}

/// Returns the cursor with a character changed, removed or added at every third place, and with its
/// content changed.
fn edits(cursor: &str) -> Vec<String> {
    let mut edits =
        vec![format!("{cursor}="), format!("{cursor}A"), format!(" {cursor}"), cursor.to_uppercase()];
    for at in (0..cursor.len()).step_by(3) {
        let (before, after) = cursor.split_at(at);
        let other = if after.starts_with('A') { 'B' } else { 'A' };
        edits.push(format!("{before}{other}{}", &after[1..]));
        edits.push(format!("{before}{}", &after[1..]));
        edits.push(before.to_owned());
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap_or_default();
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1;
        edits.push(URL_SAFE_NO_PAD.encode(other));
    }
    edits
}

#[tokio::test]
async fn sessions_are_paged_one_by_one() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    for _ in 0..2 {
        let _session = Customer::login(&access, &customer.email, PASSWORD).await;
    }
    let list = (ServiceName::User, "/me/sessions".to_owned());
    let (mut found, mut next) = (Vec::new(), None::<String>);
    loop {
        let answer = match &next {
            None => customer.get(list.0, "/me/sessions?limit=1").await,
            Some(cursor) => ask(&customer, &list, cursor).await,
        };
        let page = answer.expect(200).value();
        found.extend(page["items"].as_array().cloned().unwrap_or_default());
        match page["next_cursor"].as_str() {
            Some(cursor) => next = Some(cursor.to_owned()),
            None => break,
        }
    }
    let mut ids: Vec<_> = found.iter().filter_map(|session| session["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((found.len(), ids.len()), (3, 3));
}
