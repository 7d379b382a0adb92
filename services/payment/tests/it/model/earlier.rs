//! An order as a service before version 7 left it: such a service recorded each step separately.

use estore_payment::domain::State;
use serde_json::json;

use super::{
    calls::{
        Call,
        Side::{Gateway, Inventory, Payment},
    },
    cast::{HOLD, LATER, LEASE, PRICE, order, purchase, sku, user},
};

/// Returns the calls that bring buyer 0's order of one unit to `state`. Only such a service writes
/// these states: `reserved` without a payment, `authorized`, or `confirmed`.
pub(crate) fn calls(state: State) -> Vec<Call> {
    let (id, amount) = (order(0).to_string(), PRICE.to_string());
    let create =
        Call { name: "pay1_create".to_owned(), args: purchase(0, 1).args[1..].to_vec(), ..purchase(0, 1) };
    let price = json!({"amount": PRICE, "currency": "USD"});
    let lines =
        json!([{"sku": sku(), "name": "Cup", "quantity": 1, "unit_price": price, "line_total": price}]);
    let priced = json!([
        "lines",
        lines.to_string(),
        "amount",
        amount,
        "currency",
        "USD",
        "deadline",
        LATER.to_string()
    ]);
    let noted = json!(["payment", format!("sandbox_{id}")]);
    let advance =
        |version: &str, from: State, to: State, fields: &serde_json::Value, entries: &serde_json::Value| {
            let lease = LEASE.as_millis().to_string();
            let args =
                [&id, version, from.as_str(), to.as_str(), &lease, &fields.to_string(), &entries.to_string()];
            Call::new(Payment, "pay1_advance", args)
        };
    let (hold, none) = (HOLD.as_millis().to_string(), json!([]));
    let mut calls = vec![
        create,
        Call::new(Inventory, "inv1_reserve", [&id, &format!("{}=1", sku()), &hold, sku().as_str(), "1"]),
        advance("1", State::Accepted, State::Reserved, &priced, &none),
    ];
    if state == State::Reserved {
        return calls;
    }
    let entry = json!(["authorization", amount, "USD", ""]);
    calls.extend([
        Call::new(Gateway, "gw1_create", [&id, &amount, "USD", &user(0).to_string()]),
        advance("2", State::Reserved, State::Reserved, &noted, &none),
        Call::new(Gateway, "gw1_authorize", [&id, ""]),
        advance("3", State::Reserved, State::Authorized, &none, &entry),
    ]);
    if state == State::Authorized {
        return calls;
    }
    calls.extend([
        advance("4", State::Authorized, State::Confirming, &none, &none),
        Call::new(Inventory, "inv1_confirm", [&id]),
        advance("5", State::Confirming, State::Confirmed, &none, &none),
    ]);
    calls
}
