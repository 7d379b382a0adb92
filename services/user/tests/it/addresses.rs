//! The address book, whose default entry is the account's address.

use estore_contract::{
    AddressId, UserId,
    user::{AddressBody, SavedAddress},
};
use estore_stores::pg;
use estore_user::{
    MIGRATOR,
    store::{addresses, users},
};
use futures::future::join_all;
use serde_json::{Value, from_value, json};
use uuid::Uuid;

use crate::store::{NOW, Store};

/// The last migration of the release without an address book.
const BEFORE: i64 = 18;

fn address(street: &str) -> Value {
    json!({"line1": street, "city": "Berlin", "postal_code": "10115", "country": "DE"})
}

/// Writes the account's address as a replica of the previous release does.
async fn write_as_before(store: &Store, user: UserId, address: Option<Value>) {
    sqlx::query("UPDATE users SET shipping_address = $2, updated_at = $3 WHERE id = $1")
        .bind(user.0)
        .bind(address)
        .bind(NOW)
        .execute(&store.pool)
        .await
        .unwrap();
}

async fn add(store: &Store, user: UserId, number: u128, is_default: Option<bool>) -> AddressId {
    let body = json!({"label": format!("No {number}"), "address": address(&format!("{number} Main Street"))});
    let body: AddressBody = from_value(body).unwrap();
    let id = AddressId(Uuid::from_u128(number));
    let mut transaction = pg::begin(&store.pool).await.unwrap();
    let _user = users::lock(&mut transaction, user).await.unwrap();
    addresses::insert(&mut *transaction, user, id, &body, NOW).await.unwrap();
    addresses::mark(&mut transaction, user, id, is_default, NOW).await.unwrap();
    pg::commit(transaction).await.unwrap();
    id
}

/// Returns the entries, after a check that the default one and the account's address agree.
async fn entries(store: &Store, user: UserId) -> Vec<SavedAddress> {
    let entries = addresses::list(&store.pool, user).await.unwrap();
    let account = users::by_id(&store.pool, user).await.unwrap().unwrap().profile.shipping_address;
    let defaults: Vec<_> = entries.iter().filter(|entry| entry.is_default).collect();
    assert!(defaults.len() <= 1, "{entries:?}");
    assert_eq!(defaults.first().map(|entry| &entry.address), account.as_ref());
    entries
}

#[tokio::test]
async fn migration_moves_the_address_into_the_book() {
    let store = Store::of_release("addresses-moved", BEFORE).await;
    let (ada, grace) = (store.add_user("ada@example.com").await, store.add_user("grace@example.com").await);
    write_as_before(&store, ada, Some(address("1 Old Street"))).await;
    MIGRATOR.run(&store.pool).await.unwrap();
    let moved = entries(&store, ada).await;
    assert_eq!((moved.len(), moved[0].address.line1.as_str()), (1, "1 Old Street"));
    assert!(moved[0].is_default && moved[0].label.is_none());
    assert!(entries(&store, grace).await.is_empty());
}

#[tokio::test]
async fn older_replica_changes_the_default_entry() {
    let store = Store::start("addresses-older").await;
    let user = store.add_user("ada@example.com").await;
    write_as_before(&store, user, Some(address("1 Main Street"))).await;
    let first = entries(&store, user).await;
    assert!(first.len() == 1 && first[0].is_default);
    let other = add(&store, user, 2, Some(true)).await;
    write_as_before(&store, user, Some(address("3 Side Street"))).await;
    let changed = entries(&store, user).await;
    assert_eq!((changed[0].id, changed[0].address.line1.as_str()), (other, "3 Side Street"));
    assert_eq!(changed[0].label.as_ref().unwrap().as_str(), "No 2", "the rest of the entry stays");
    assert_eq!(changed[1], SavedAddress { is_default: false, ..first[0].clone() });
    write_as_before(&store, user, None).await;
    assert_eq!(entries(&store, user).await.len(), 1);
}

#[tokio::test]
async fn concurrent_defaults_leave_one() {
    let store = Store::start("addresses-race").await;
    let user = store.add_user("ada@example.com").await;
    let _added = join_all((1..=8).map(|number| add(&store, user, number, Some(true)))).await;
    let all = entries(&store, user).await;
    assert_eq!((all.len(), all.iter().filter(|entry| entry.is_default).count()), (8, 1));
    assert_eq!(addresses::count(&store.pool, user).await.unwrap(), (8, 1));
}

#[tokio::test]
async fn deleted_default_leaves_no_address() {
    let store = Store::start("addresses-deleted").await;
    let user = store.add_user("ada@example.com").await;
    let (first, other) = (add(&store, user, 1, Some(true)).await, add(&store, user, 2, None).await);
    let mut connection = store.pool.acquire().await.unwrap();
    assert!(addresses::delete(&mut connection, user, first, NOW).await.unwrap());
    assert!(!addresses::delete(&mut connection, user, first, NOW).await.unwrap());
    let left = entries(&store, user).await;
    assert_eq!((left.len(), left[0].id, left[0].is_default), (1, other, false));
    addresses::mark(&mut connection, user, other, Some(true), NOW).await.unwrap();
    assert!(entries(&store, user).await[0].is_default);
    users::erase(&store.pool, user).await.unwrap();
    assert!(addresses::list(&store.pool, user).await.unwrap().is_empty());
}
