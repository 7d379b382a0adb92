//! The content of the stores: all that the equations use, as plain values.

mod fields;
mod money;
mod orders;
mod parse;
mod raw;
mod states;
mod stock;
mod views;

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{OrderId, PaymentMethodId, Sku, UserId};

pub use fields::Misread;
pub use money::{Account, Entry, Payment, PaymentState};
pub use orders::{Line, Order, Price, Refund};
pub use raw::{Dump, Raw, StreamEntry};
pub use states::{OrderState, RefundState, State, Step};
pub use stock::{Movement, MovementKind, Product, Reservation, ReservedLine};
pub use views::View;

/// The whole content of Payment, the sandbox gateway and Inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub orders: BTreeMap<OrderId, Order>,
    /// The ready-made views of final orders.
    pub views: Vec<View>,
    /// The refunds, by order and number.
    pub refunds: BTreeMap<(OrderId, i64), Refund>,
    /// Every user's ledger.
    pub ledger: Vec<Entry>,
    /// The other data of each user.
    pub users: BTreeMap<UserId, User>,
    /// Saved cards and their owners.
    pub cards: BTreeMap<PaymentMethodId, UserId>,
    /// The work set: `<order>` and `<order>/<n>`, each with the time of its next try.
    pub work: BTreeMap<String, i64>,
    /// Orders that are not final, by time of creation.
    pub open: BTreeMap<String, i64>,
    /// All orders, by time of creation.
    pub index: BTreeMap<String, i64>,
    /// Emails to request: `<order>/confirmed` and `<order>/refunded/<n>`.
    pub mail: BTreeMap<String, i64>,
    /// Orders that the reconciler has yet to compare with the journal of stock.
    pub unsettled: BTreeSet<String>,
    /// Refunds that failed and that nobody has seen to: `<order>/<n>`.
    pub failed: BTreeMap<String, i64>,
    /// The sandbox gateway's payments.
    pub payments: BTreeMap<OrderId, Payment>,
    /// The sandbox gateway's list of payments.
    pub booked: BTreeSet<String>,
    /// The stock.
    pub products: BTreeMap<Sku, Product>,
    pub reservations: BTreeMap<OrderId, Reservation>,
    /// Holds, by their deadline.
    pub due: BTreeMap<String, i64>,
    /// The journal of stock, from its beginning.
    pub journal: Vec<Movement>,
    /// Values that do not parse.
    pub misread: Vec<Misread>,
}

/// The data of a user beside the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// Their orders, by time of creation.
    pub orders: BTreeMap<String, i64>,
    /// The units in each order that is not final.
    pub open: BTreeMap<String, i64>,
    /// Their cards.
    pub cards: BTreeSet<String>,
    /// The Idempotency-Keys of their cards: those in the set of keys, and those with a record.
    pub keys: [BTreeSet<String>; 2],
    /// True if the account is closed.
    pub closed: bool,
    /// True if all of it is erased.
    pub erased: bool,
}

impl Snapshot {
    /// Parses the keys of a dump: all of a shop, or those of some orders.
    #[must_use]
    pub fn of(dump: &Dump) -> Self {
        parse::snapshot(dump)
    }
}
