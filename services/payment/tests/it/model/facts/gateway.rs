//! The gateway's own records.

use super::{Store, number};
use crate::model::cast;

/// The facts that the gateway knows.
pub(crate) struct GatewayFacts {
    /// The payment of each buyer's order.
    pub(crate) payments: [Option<Books>; 2],
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Books {
    pub(crate) state: String,
    /// The numbers of authorizations and captures.
    pub(crate) authorized: i64,
    pub(crate) captured: i64,
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) refunded: i64,
}

impl GatewayFacts {
    pub(crate) fn of(store: &Store) -> Self {
        let payment = |buyer| {
            let key = format!("{{gw}}:p:{}", cast::order(buyer));
            let count = |field: &str| number(store, &key, field).unwrap_or(0);
            Some(Books {
                state: store.field(&key, "state")?.to_owned(),
                authorized: count("times:authorized"),
                captured: count("times:captured"),
                amount: count("amount"),
                refunded: count("refunded"),
            })
        };
        Self { payments: [0, 1].map(payment) }
    }
}
