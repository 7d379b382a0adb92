//! The facts that the equations of order-flow section 6 need of each store, read from its keys.

mod gateway;
mod inventory;
mod payment;

pub(crate) use gateway::{Books, GatewayFacts};
pub(crate) use inventory::{InventoryFacts, Reservation};
pub(crate) use payment::{OrderFacts, PaymentFacts, RefundFacts};

use super::emulated::Store;

/// Reads a number in a hash.
fn number(store: &Store, key: &str, field: &str) -> Option<i64> {
    store.field(key, field).map(|text| text.parse().unwrap())
}

/// Parses a flat JSON list of SKU and units; Lua encodes an empty list as an object.
fn units(json: &str) -> Vec<(String, i64)> {
    if json == "{}" {
        return Vec::new();
    }
    let flat: Vec<String> = serde_json::from_str(json).unwrap();
    flat.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].parse().unwrap())).collect()
}
