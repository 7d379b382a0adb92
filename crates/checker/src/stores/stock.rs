//! Products, reservations and the journal, as Inventory keeps them.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{Currency, OrderId, Sku, reservation::ReservationStatus};
use serde::Deserialize;

use super::fields::{Fields, Misread, number};

/// A product's stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// Units on hand.
    pub on_hand: i64,
    /// Units on hand that are held.
    pub reserved: i64,
    /// The sum of receipts and adjustments.
    pub received: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The current state.
    pub status: ReservationStatus,
    /// The held lines; empty for a tombstone.
    pub lines: Vec<ReservedLine>,
    /// The end of the hold, in ms by the store's clock.
    pub expires_at: Option<i64>,
    /// The restocked units.
    pub returned: BTreeMap<Sku, i64>,
    /// The numbers of the applied returns.
    pub returns: BTreeSet<i64>,
}

/// A line of a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservedLine {
    pub sku: Sku,
    /// The product's name when it was held.
    pub name: String,
    /// The number of units.
    pub quantity: i64,
    /// The unit price, in minor units.
    pub amount: i64,
    /// The currency of the price.
    pub currency: Currency,
}

/// An entry in the journal of stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Its id in the stream.
    pub id: String,
    /// The type of the movement.
    pub kind: MovementKind,
    pub order: Option<OrderId>,
    /// The units of each SKU.
    pub lines: Vec<(Sku, i64)>,
}

/// The type of a movement of stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// The first stock of a product.
    Received,
    /// A change of a product's stock.
    Adjusted,
    Held,
    /// Sold.
    Confirmed,
    Released,
    /// Released because the hold expired.
    Expired,
    /// Restocked.
    Returned,
}

impl Product {
    /// Returns the units on hand, reserved and received.
    #[must_use]
    pub fn counts(&self) -> [i128; 3] {
        let Self { on_hand, reserved, received } = *self;
        [on_hand, reserved, received].map(i128::from)
    }

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
        let returned = returned.into_iter().map(|(sku, units)| Some((sku, number(&units)?)));
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

    /// Returns the units of a SKU in the reservation.
    #[must_use]
    pub fn quantity(&self, sku: &Sku) -> i64 {
        self.lines.iter().filter(|line| line.sku == *sku).map(|line| line.quantity).sum()
    }

    /// Returns the restocked units of a SKU.
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
        let lines = fields.text("lines").and_then(|_| fields.units("lines"))?;
        Ok(Self { id: id.to_owned(), kind: fields.word("kind")?, order, lines })
    }
}
