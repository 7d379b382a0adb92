//! What the stores hold: everything that the equations speak of, as plain values.

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

/// Everything that Payment, the sandbox gateway and Inventory hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The orders.
    pub orders: BTreeMap<OrderId, Order>,
    /// The views of final orders, ready-made.
    pub views: Vec<View>,
    /// The refunds, by order and number.
    pub refunds: BTreeMap<(OrderId, i64), Refund>,
    /// Every user's ledger.
    pub ledger: Vec<Entry>,
    /// What else is kept of each user.
    pub users: BTreeMap<UserId, User>,
    /// Saved cards and whose they are.
    pub cards: BTreeMap<PaymentMethodId, UserId>,
    /// The work set: `<order>` and `<order>/<n>`, each with the time of its next try.
    pub work: BTreeMap<String, i64>,
    /// Orders that are not final, by when they were made.
    pub open: BTreeMap<String, i64>,
    /// All orders, by when they were made.
    pub index: BTreeMap<String, i64>,
    /// Mails to ask for: `<order>/confirmed` and `<order>/refunded/<n>`.
    pub mail: BTreeMap<String, i64>,
    /// The sandbox gateway's payments.
    pub payments: BTreeMap<OrderId, Payment>,
    /// Its list of those.
    pub booked: BTreeSet<String>,
    /// The stock.
    pub products: BTreeMap<Sku, Product>,
    /// The reservations.
    pub reservations: BTreeMap<OrderId, Reservation>,
    /// Holds, by their deadline.
    pub due: BTreeMap<String, i64>,
    /// The journal of stock, from its beginning.
    pub journal: Vec<Movement>,
    /// What makes no sense.
    pub misread: Vec<Misread>,
}

/// What is kept of a user beside the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// Their orders, by when they were made.
    pub orders: BTreeMap<String, i64>,
    /// Pieces in each order that is not final.
    pub open: BTreeMap<String, i64>,
    /// Their cards.
    pub cards: BTreeSet<String>,
    /// The Idempotency-Keys of their cards that are remembered, and those that there is a record of.
    pub keys: [BTreeSet<String>; 2],
    /// Whether the account is closed.
    pub closed: bool,
    /// Whether all of it was erased.
    pub erased: bool,
}

impl Snapshot {
    /// Reads the databases key by key. For a shop where nothing moves: the parts are of different moments. Both addresses are
    /// of a user who may read everything, such as `redis://observer:secret@127.0.0.1:6379/0`.
    pub async fn read(payment_url: &str, inventory_url: &str) -> Result<Self> {
        Self::read_by(&Client::open(payment_url)?, &Client::open(inventory_url)?).await
    }

    /// The same, by clients that know the server's certificate.
    pub async fn read_by(payment: &Client, inventory: &Client) -> Result<Self> {
        let mut dump = read::one_by_one(payment, read::PAYMENT).await?;
        dump.extend(read::one_by_one(inventory, read::INVENTORY).await?);
        Ok(Self::of(&dump))
    }

    /// Reads each database whole in one moment (the two of different moments), for a shop under way: everything that must hold
    /// at every moment is within one database. The server does nothing else meanwhile, about
    /// 50 µs for each order. The user may `EVAL_RO` too.
    pub async fn read_at_once(payment_url: &str, inventory_url: &str) -> Result<Self> {
        let mut dump = read::at_once(&Client::open(payment_url)?, read::PAYMENT).await?;
        dump.extend(read::at_once(&Client::open(inventory_url)?, read::INVENTORY).await?);
        Ok(Self::of(&dump))
    }

    /// The keys that [`Snapshot::read`] makes sense of, before it does.
    pub async fn dump(payment_url: &str, inventory_url: &str) -> Result<Dump> {
        let mut dump = read::one_by_one(&Client::open(payment_url)?, read::PAYMENT).await?;
        dump.extend(read::one_by_one(&Client::open(inventory_url)?, read::INVENTORY).await?);
        Ok(dump)
    }

    /// Makes sense of keys.
    #[must_use]
    pub fn of(dump: &Dump) -> Self {
        parse::snapshot(dump)
    }
}
