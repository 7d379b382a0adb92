//! The fixture: two buyers, one SKU, the times.

use std::{sync::LazyLock, time::Duration};

use estore_contract::{
    OrderId, PaymentMethodId, Quantity, Sku, UserId,
    payment::{OrderItem, OrderRequest, RefundRequest},
};
use estore_payment::{
    domain::Fingerprint,
    store::orders::{NewOrder, create_call},
};
use serde_json::json;

use super::calls::{Call, Side};

/// The time at the start, in ms since 1970.
pub(crate) const START: i64 = 1_700_000_000_000;
/// The duration of a hold, at Inventory and at Payment.
pub(crate) const HOLD: Duration = Duration::from_mins(2);
/// The time at which every hold that was made at the start is over.
pub(crate) const LATER: i64 = START + 120_000;
/// The time for which an order stays with the caller that moved it last. The explorer chooses the
/// moment at which it ends.
pub(crate) const LEASE: Duration = Duration::from_secs(10);
/// The price of a unit.
pub(crate) const PRICE: i64 = 1000;

/// The epoch of the shop; no store is older.
pub(crate) const EPOCH: i64 = 0;

const KEY: &str = "the-one-key";

pub(crate) fn sku() -> Sku {
    "CUP".parse().unwrap()
}

pub(crate) fn user(buyer: usize) -> UserId {
    format!("00000000-0000-4000-8000-00000000000{buyer}").parse().unwrap()
}

/// Returns the id of the one order that `buyer`'s key makes.
pub(crate) fn order(buyer: usize) -> OrderId {
    static ORDERS: LazyLock<[OrderId; 2]> =
        LazyLock::new(|| [0, 1].map(|buyer| OrderId::of(user(buyer), KEY)));
    ORDERS[buyer]
}

/// Returns the buyer whose order a call with these arguments is about. The epoch may come before
/// the order.
pub(crate) fn buyer_of(args: &[String]) -> Option<usize> {
    (0..2).find(|buyer| args.iter().take(2).any(|arg| *arg == order(*buyer).to_string()))
}

pub(crate) fn method(buyer: usize) -> PaymentMethodId {
    format!("00000000-0000-4000-9000-00000000000{buyer}").parse().unwrap()
}

/// Returns the request of `buyer`, which is the same each time.
pub(crate) fn purchase(buyer: usize, quantity: u32) -> Call {
    bought(buyer, quantity, |new| Call::of(&create_call(EPOCH, new).unwrap()))
}

/// Does the same with the new order as its creator has it.
pub(crate) fn bought<T>(buyer: usize, quantity: u32, then: impl FnOnce(&NewOrder<'_>) -> T) -> T {
    let address = json!({"line1": "1 High Street", "city": "Ayr", "postal_code": "KA7 1AA", "country": "GB"});
    let request = OrderRequest {
        items: vec![item(quantity)],
        payment_method_id: method(buyer),
        expected_total: None,
        shipping_address: Some(serde_json::from_value(address).unwrap()),
    };
    let new = NewOrder {
        id: order(buyer),
        user: user(buyer),
        request: &request,
        fingerprint: &Fingerprint::of(&request).unwrap(),
        lease: LEASE,
        most_open: (50, 10_000),
        cause: None,
    };
    then(&new)
}

/// Returns an admin's request to refund and restock `quantity` units.
pub(crate) fn refund(quantity: u32) -> RefundRequest {
    RefundRequest { items: Some(vec![item(quantity)]), reason: None, restock: true, refunds_seen: None }
}

fn item(quantity: u32) -> OrderItem {
    OrderItem { sku: sku(), quantity: Quantity::new(quantity).unwrap() }
}

/// Returns the calls that set the stage: `stock` units at `price`, and a saved card of each buyer.
/// Buyer 1's card may be one that declines.
pub(crate) fn stage(stock: u32, price: i64, second_declines: bool) -> Vec<Call> {
    let call = |side, name: &str, args: &[&str]| Call::new(side, name, args.iter().copied());
    let index = r#"{"sort_name":"cup","category":"c","tags":[],"words":[]}"#;
    let (stock, price) = (stock.to_string(), price.to_string());
    let mut calls = vec![
        call(Side::Inventory, "inv1_put_category", &["c", "C", ""]),
        call(
            Side::Inventory,
            "inv1_put_product",
            &[sku().as_str(), "create", "", "{}", "Cup", &price, "USD", index, &stock],
        ),
    ];
    for buyer in 0..2 {
        let last4 = if buyer == 1 && second_declines { "0002" } else { "4242" };
        let (user, method) = (user(buyer).to_string(), method(buyer).to_string());
        let card = json!({"id": method, "user": user, "brand": "visa", "last4": last4, "expiry_month": 12, "expiry_year": 2029,
            "luhn": true, "sealed": "", "created_at": "2023-11-14T22:13:20Z"})
        .to_string();
        calls.push(call(Side::Payment, "pay1_save_method", &[&user, &method, &card, "20", "", ""]));
    }
    calls
}

/// Returns the calls that Inventory got for an order of buyer 0 that Payment does not know any
/// more.
pub(crate) fn sale(quantity: u32) -> Vec<Call> {
    let (order, hold, quantity) = (order(0).to_string(), HOLD.as_millis().to_string(), quantity.to_string());
    let fingerprint = format!("{}={quantity}", sku());
    let hold = [order.as_str(), &fingerprint, &hold, sku().as_str(), &quantity].map(str::to_owned);
    vec![
        Call::new(Side::Inventory, "inv1_reserve", hold),
        Call::new(Side::Inventory, "inv1_confirm", [order]),
    ]
}
