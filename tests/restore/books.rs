//! The gateway's books, compared with the shop's own statements to its customers.

use std::collections::{BTreeMap, HashMap};

use estore_contract::{
    OrderId, Page,
    payment::{Order, OrderStatus, Transaction, TransactionType as Kind},
};
use estore_testbed::{ServiceName::Payment, Shop};
use estore_tests::Customer;
use redis::{AsyncCommands, cmd};

use super::keep::{BOOKS, connect};

/// The gateway's payments by order: state, amount, and refunded amount, both in minor units.
pub(super) type Books = BTreeMap<OrderId, (String, i64, i64)>;

pub(super) async fn books(shop: &Shop) -> Books {
    let mut gateway = connect(shop.redis.observe(BOOKS)).await;
    let keys: Vec<String> = cmd("KEYS").arg("{gw}:p:*").query_async(&mut gateway).await.unwrap();
    let mut books = Books::new();
    for key in keys {
        let fields: HashMap<String, String> = gateway.hgetall(&key).await.unwrap();
        let number = |name: &str| fields.get(name).map_or(0, |value| value.parse().unwrap());
        let order = key.trim_start_matches("{gw}:p:").parse().unwrap();
        books.insert(order, (fields["state"].clone(), number("amount"), number("refunded")));
    }
    books
}

async fn all<T: serde::de::DeserializeOwned>(customer: &Customer, path: &str) -> Vec<T> {
    let page: Page<T> = customer.get(Payment, &format!("{path}?limit=100")).await.expect(200).json();
    assert!(page.next_cursor.is_none(), "one page is enough for this test");
    page.items
}

/// Returns everything that the API tells these customers about their orders.
pub(super) async fn orders(customers: &[&Customer]) -> Vec<Order> {
    let mut orders = Vec::new();
    for customer in customers {
        orders.extend(all::<Order>(customer, "/orders").await);
    }
    orders
}

/// Checks that the gateway, the order and the ledger agree on the money of every order.
pub(super) async fn agree(shop: &Shop, customers: &[&Customer]) {
    let (books, mut seen) = (books(shop).await, 0);
    for customer in customers {
        let ledger: Vec<Transaction> = all(customer, "/transactions").await;
        for order in all::<Order>(customer, "/orders").await {
            let sum = |kind| {
                let entries = ledger.iter().filter(|entry| entry.order_id == order.id && entry.kind == kind);
                entries.map(|entry| entry.amount.amount).sum::<i64>()
            };
            let [authorized, captured, voided, refunded] =
                [Kind::Authorization, Kind::Capture, Kind::Void, Kind::Refund].map(sum);
            assert_eq!(authorized, captured + voided, "nothing stays authorized: {order:?}");
            let Some((state, amount, back)) = books.get(&order.id) else {
                assert_eq!(captured, 0, "{order:?}");
                continue;
            };
            seen += 1;
            let taken = if state == "captured" { *amount } else { 0 };
            assert_eq!((captured, refunded), (taken, *back), "the ledger and the gateway: {order:?} {state}");
            let keeps = match order.status {
                OrderStatus::Cancelled => 0,
                _ => order.total.unwrap().amount - order.refunded.unwrap().amount,
            };
            assert_eq!(taken - back, keeps, "what the order says is what the gateway keeps: {order:?}");
            assert!(!matches!(state.as_str(), "created" | "authorized"), "{order:?} {state}");
        }
    }
    assert_eq!(seen, books.len(), "every payment has its order");
}
