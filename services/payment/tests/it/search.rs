//! Lists of orders with filters: what fits is found, page by page.

use estore_contract::{
    OrderId, Quantity,
    payment::{OrderItem, OrderRequest, OrderStatus},
};
use estore_payment::{
    domain::{Order, State},
    store::listed::{self, Wanted},
};

use crate::{
    stage::{Stage, user},
    views::{request, shop},
};

fn asks(sku: &str) -> OrderRequest {
    let item = |sku: &str| OrderItem { sku: sku.parse().unwrap(), quantity: Quantity::new(1).unwrap() };
    OrderRequest { items: vec![item("MUG"), item(sku)], ..request() }
}

/// Reads every page, of `limit` orders each.
async fn all(stage: &Stage, wanted: &Wanted, limit: usize) -> Vec<OrderId> {
    let (mut wanted, mut found) = (wanted.clone(), Vec::new());
    loop {
        let (page, place) = listed::list(&stage.redis, 0, &wanted, limit).await.unwrap();
        assert!(page.len() <= limit);
        for order in page {
            let mut json = String::new();
            order.write(&mut json).unwrap();
            let order: estore_contract::payment::Order = serde_json::from_str(&json).unwrap();
            found.push(order.id);
        }
        match place {
            Some(_) => wanted.after = place,
            None => return found,
        }
    }
}

#[tokio::test]
async fn filtered_list_has_exactly_what_fits() {
    let stage = shop("search").await;
    let mut orders: Vec<Order> = Vec::new();
    for (at, sku) in ["PEN", "PEN-2", "PEN", "LAMP", "PEN"].into_iter().enumerate() {
        let order = stage.create(user(1), &at.to_string(), &asks(sku)).await.unwrap();
        let undo: &[State] = if at % 2 == 0 { &[State::Cancelling, State::Cancelled] } else { &[] };
        orders.push(stage.walk(order, undo).await);
        // One order in each millisecond, so that their order in the list is known.
        stage.next_millisecond().await;
    }
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    let sku = |sku: &str| Wanted { sku: Some(sku.parse().unwrap()), ..Wanted::default() };
    let from = |at: usize| Some(orders[at].created_at);
    let cancelled = Some(OrderStatus::Cancelled);
    let expected: [(Wanted, &[usize]); 11] = [
        (sku("PEN"), &[4, 2, 0]),
        (sku("PEN-2"), &[1]),
        (sku("PE"), &[]),
        (sku("MUG"), &[4, 3, 2, 1, 0]),
        (Wanted { status: cancelled, ..sku("MUG") }, &[4, 2, 0]),
        (Wanted { status: Some(OrderStatus::Pending), ..sku("PEN") }, &[]),
        (Wanted { from: from(2), ..Wanted::default() }, &[4, 3, 2]),
        (Wanted { to: from(2), ..Wanted::default() }, &[1, 0]),
        (Wanted { from: from(1), to: from(4), ..sku("PEN") }, &[2]),
        (Wanted { from: from(4).map(|at| at + time::Duration::nanoseconds(1)), ..Wanted::default() }, &[]),
        (Wanted { to: from(0), ..Wanted::default() }, &[]),
    ];
    for (wanted, places) in expected {
        let expected: Vec<OrderId> = places.iter().map(|at| ids[*at]).collect();
        for limit in [1, 2, 100] {
            for user in [None, Some(user(1))] {
                let wanted = Wanted { user, ..wanted.clone() };
                assert_eq!(all(&stage, &wanted, limit).await, expected, "{wanted:?} {limit}");
            }
        }
        let others = Wanted { user: Some(user(2)), ..wanted };
        assert!(all(&stage, &others, 100).await.is_empty());
    }
}

#[tokio::test]
async fn page_without_a_match_goes_on() {
    let stage = shop("search-far").await;
    let oldest = stage.create(user(1), "oldest", &asks("PEN")).await.unwrap();
    // Members of the index suffice: an order without fields is pending, and has no line.
    let mut index = vec!["ZADD".to_owned(), "{pay}:orders".to_owned()];
    let after = oldest.created_at.unix_timestamp_nanos() / 1_000_000 + 1;
    for at in 0..2100_u32 {
        index.extend([(after + i128::from(at)).to_string(), uuid::Uuid::from_u128(at.into()).to_string()]);
    }
    let index: Vec<&str> = index.iter().map(String::as_str).collect();
    let _: i64 = stage.operate(&index).await;
    let wanted = Wanted { sku: Some("PEN".parse().unwrap()), ..Wanted::default() };
    let (page, place) = listed::list(&stage.redis, 0, &wanted, 5).await.unwrap();
    assert!(page.is_empty() && place.is_some());
    assert_eq!(all(&stage, &wanted, 5).await, [oldest.id]);
}

#[tokio::test]
async fn page_of_large_views_ends_early() {
    let stage = shop("search-large").await;
    let oldest = stage.create(user(1), "oldest", &asks("PEN")).await.unwrap();
    let (mut index, mut views) = (vec!["ZADD".to_owned(), "{pay}:orders".to_owned()], Vec::new());
    views.extend(["HSET".to_owned(), "{pay}:views".to_owned()]);
    let after = oldest.created_at.unix_timestamp_nanos() / 1_000_000 + 1;
    // A final order of a hundred lines has such a view.
    let view = format!("completed 1 0 {}\n{}", user(1), "x".repeat(14_000));
    let id = |at: u32| uuid::Uuid::from_u128(at.into());
    for at in 0..300_u32 {
        index.extend([(after + i128::from(at)).to_string(), id(at).to_string()]);
        views.extend([id(at).to_string(), view.clone()]);
    }
    for command in [index, views] {
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        let _: i64 = stage.operate(&command).await;
    }
    let wanted = Wanted { sku: Some("PEN".parse().unwrap()), ..Wanted::default() };
    let (page, place) = listed::list(&stage.redis, 0, &wanted, 5).await.unwrap();
    assert!(page.is_empty() && place.unwrap() >= OrderId(id(270)), "{place:?}");
    assert_eq!(all(&stage, &wanted, 5).await, [oldest.id]);
}
