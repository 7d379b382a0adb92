//! Products, reservations and the journal, as Inventory keeps them.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{Currency, OrderId, Sku, reservation::ReservationStatus};
use serde::Deserialize;

use super::fields::{Fields, Misread, number};

/// A product's stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// What is there.
    pub on_hand: i64,
    /// What of it is held.
    pub reserved: i64,
    /// Receipts and adjustments, all in all.
    pub received: i64,
}

/// A reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Where it stands.
    pub status: ReservationStatus,
    /// What it holds; empty for a tombstone.
    pub lines: Vec<ReservedLine>,
    /// The end of the hold, in ms by the store's clock.
    pub expires_at: Option<i64>,
    /// What came back.
    pub returned: BTreeMap<Sku, i64>,
    /// The numbers of the returns that were applied.
    pub returns: BTreeSet<i64>,
}

/// One line of a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservedLine {
    /// What.
    pub sku: Sku,
    /// Its name when it was held.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// The price of one, in minor units.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// An entry in the journal of stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Its place.
    pub id: String,
    /// What happened.
    pub kind: MovementKind,
    /// For which order.
    pub order: Option<OrderId>,
    /// To how many of what.
    pub lines: Vec<(Sku, i64)>,
}

/// What happened to stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// The first stock of a product.
    Received,
    /// More or less of it.
    Adjusted,
    /// Set aside.
    Held,
    /// Sold.
    Confirmed,
    /// Let go.
    Released,
    /// Let go: too late.
    Expired,
    /// Put back.
    Returned,
}

impl Product {
    pub(super) fn of(fields: &Fields<'_>) -> Result<Self, Misread> {
        let [on_hand, reserved, received] =
            ["on_hand", "reserved", "received"].map(|name| fields.number(name));
        Ok(Self { on_hand: on_hand?, reserved: reserved?, received: received? })
    }
}

impl Reservation {
    pub(super) fn of(fields: &Fields<'_>) -> Result<Self, Misread> {
        let line = |line: &[String]| {
            let [sku, name, quantity, amount, currency] = line else { return None };
            Some(ReservedLine {
                sku: sku.parse().ok()?,
                name: name.clone(),
                quantity: number(quantity)?,
                amount: number(amount)?,
                currency: currency.parse().ok()?,
            })
        };
        let lines = fields.flat("lines")?.chunks(5).map(line).collect::<Option<_>>();
        let returned: BTreeMap<Sku, String> = match fields.maybe_text("returned") {
            None => BTreeMap::new(),
            Some(_) => fields.json("returned")?,
        };
        let returned = returned.into_iter().map(|(sku, pieces)| Some((sku, number(&pieces)?)));
        let mark = |(name, value): (&String, &String)| {
            let n = number(name.strip_prefix("return:")?).filter(|_| value == "1");
            Some(n.ok_or_else(|| fields.wrong(name)))
        };
        Ok(Self {
            status: fields.word("status")?,
            lines: lines.ok_or_else(|| fields.wrong("lines"))?,
            expires_at: fields.maybe_text("expires_at").map(|_| fields.number("expires_at")).transpose()?,
            returned: returned.collect::<Option<_>>().ok_or_else(|| fields.wrong("returned"))?,
            returns: fields.map.iter().filter_map(mark).collect::<Result<_, _>>()?,
        })
    }

    /// How many of a SKU it is about.
    #[must_use]
    pub fn quantity(&self, sku: &Sku) -> i64 {
        self.lines.iter().filter(|line| line.sku == *sku).map(|line| line.quantity).sum()
    }

    /// How many of a SKU came back.
    #[must_use]
    pub fn back(&self, sku: &Sku) -> i64 {
        self.returned.get(sku).copied().unwrap_or(0)
    }
}

impl Movement {
    pub(super) fn of(id: &str, fields: &Fields<'_>) -> Result<Self, Misread> {
        let order = match fields.text("order")? {
            "" => None,
            _ => Some(fields.parsed("order")?),
        };
        let lines = fields.text("lines").and_then(|_| fields.pieces("lines"))?;
        Ok(Self { id: id.to_owned(), kind: fields.word("kind")?, order, lines })
    }
}
