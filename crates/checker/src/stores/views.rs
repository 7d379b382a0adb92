//! The ready-made views of final orders. The first line holds the fields that change; the others
//! surround it.

use std::collections::BTreeMap;

use estore_contract::{
    OrderId, PaymentMethodId, UserId,
    payment::{self, OrderRequest, ShippingAddress},
};
use serde_json::{Value, json};

use super::fields::{Misread, number};

/// The view of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The owner named in the view.
    pub user: UserId,
    /// The order's id and JSON.
    pub order: payment::Order,
    /// The order's last change, in ms by the store's clock.
    pub updated_at: i64,
}

impl View {
    pub(super) fn all(views: &BTreeMap<String, String>) -> impl Iterator<Item = Result<Self, Misread>> {
        views.iter().map(|(id, text)| {
            Self::of(id, text)
                .ok_or_else(|| Misread { subject: id.clone(), what: "its view does not parse".to_owned() })
        })
    }

    fn of(id: &str, text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.split('\n').collect();
        let (moving, [first, second, dates, address @ ..]) = lines.split_first()? else { return None };
        let words: Vec<&str> = moving.split(' ').collect();
        let [status, updated_at, refunded, user] = words.as_slice() else { return None };
        let refunded = if first.ends_with("null") { "" } else { *refunded };
        let short = id.parse::<OrderId>().ok()?.number();
        let json = format!(
            "{{\"id\":\"{id}\",\"number\":\"{short}\",\"status\":\"{status}\"{first}{refunded}{second}{dates}1970-01-01T00:00:00Z\"}}"
        );
        // A name that occurs twice, or an extra name, makes it invalid.
        let mut order: payment::Order = serde_json::from_str(&json).ok()?;
        let same = says(&order, &json)?;
        order.shipping_address = match address {
            [] => None,
            [line] => Some(kept_address(line, order.payment_method.id)?),
            _ => return None,
        };
        let user = user.parse().ok()?;
        Some(Self { user, order, updated_at: number(updated_at)? }).filter(|_| same)
    }
}

/// Returns true if the JSON is that of the order, in any order of names.
fn says(order: &payment::Order, json: &str) -> Option<bool> {
    // Most texts are equal, which costs less to find out.
    if serde_json::to_string(order).ok()? == json {
        return Some(true);
    }
    Some(serde_json::to_value(order).ok()? == serde_json::from_str::<Value>(json).ok()?)
}

/// Reads the last line of a view, as the address in a stored request is read: it was accepted under
/// the rules of its time.
fn kept_address(line: &str, method: PaymentMethodId) -> Option<ShippingAddress> {
    let request = format!("{{\"items\":[],\"payment_method_id\":\"{method}\"{line}}}");
    let address = OrderRequest::kept(&request).ok()?.shipping_address?;
    let again = json!({"items": [], "payment_method_id": method, "shipping_address": address});
    (serde_json::from_str::<Value>(&request).ok()? == again).then_some(address)
}
