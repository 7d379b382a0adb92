//! The content of the stores: all that the equations use, as plain values.

pub mod archive;
mod dump;
mod fields;
mod money;
mod orders;
mod parse;
mod read;
mod states;
mod stock;
mod views;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use estore_contract::{OrderId, PaymentMethodId, Sku, UserId};
use redis::Client;

pub use dump::{Dump, Raw, StreamEntry};
pub use fields::Misread;
pub use money::{Account, Entry, Payment, PaymentState};
pub use orders::{Line, Order, Price, Refund};
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
    /// Reads the databases key by key, for a shop at rest: the parts are of different moments. Both
    /// addresses are of a user who may read everything, such as
    /// `redis://observer:secret@127.0.0.1:6379/0`.
    pub async fn read(payment_url: &str, inventory_url: &str) -> Result<Self> {
        Self::read_by(&Client::open(payment_url)?, &Client::open(inventory_url)?).await
    }

    /// Reads the same with clients that trust the server's certificate.
    pub async fn read_by(payment: &Client, inventory: &Client) -> Result<Self> {
        let mut dump = read::one_by_one(payment, read::PAYMENT).await?;
        dump.extend(read::one_by_one(inventory, read::INVENTORY).await?);
        Ok(Self::of(&dump))
    }

    /// Reads each database whole in one moment (the two of different moments), for a shop in
    /// progress. Everything that must hold at every moment is within one database.
    /// The server does nothing else meanwhile, about 50 µs for each order. The user also needs
    /// `EVAL_RO`.
    pub async fn read_at_once(payment_url: &str, inventory_url: &str) -> Result<Self> {
        let mut dump = read::at_once(&Client::open(payment_url)?, read::PAYMENT).await?;
        dump.extend(read::at_once(&Client::open(inventory_url)?, read::INVENTORY).await?);
        Ok(Self::of(&dump))
    }

    /// Returns the keys that [`Snapshot::read`] parses, before parsing.
    pub async fn dump(payment_url: &str, inventory_url: &str) -> Result<Dump> {
        let mut dump = read::one_by_one(&Client::open(payment_url)?, read::PAYMENT).await?;
        dump.extend(read::one_by_one(&Client::open(inventory_url)?, read::INVENTORY).await?);
        Ok(dump)
    }

    /// Parses the keys of a dump.
    #[must_use]
    pub fn of(dump: &Dump) -> Self {
        parse::snapshot(dump)
    }
}
