//! Views of final orders, ready-made: the first line is what moves, the others are put around it.

use std::collections::BTreeMap;

use estore_contract::{UserId, payment};
use serde_json::Value;

use super::fields::{Misread, number};

/// A view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The owner, as it says.
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
                .ok_or_else(|| Misread { subject: id.clone(), what: format!("its view is {text:?}") })
        })
    }

    fn of(id: &str, text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.split('\n').collect();
        let (moving, [first, second, dates, address @ ..]) = lines.split_first()? else { return None };
        let words: Vec<&str> = moving.split(' ').collect();
        let [status, updated_at, refunded, user] = words.as_slice() else { return None };
        let refunded = if first.ends_with("null") { "" } else { *refunded };
        let json = format!(
            "{{\"id\":\"{id}\",\"status\":\"{status}\"{first}{refunded}{second}{}{dates}1970-01-01T00:00:00Z\"}}",
            address.concat()
        );
        // A name that is there twice, or more than there should be, is no order.
        let order: payment::Order = serde_json::from_str(&json).ok()?;
        let same = serde_json::to_value(&order).ok()? == serde_json::from_str::<Value>(&json).ok()?;
        let user = user.parse().ok()?;
        Some(Self { user, order, updated_at: number(updated_at)? }).filter(|_| same && address.len() <= 1)
    }
}
