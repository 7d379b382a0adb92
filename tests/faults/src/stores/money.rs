//! The ledger, as Payment keeps it, and the sandbox gateway's own books.

use std::collections::BTreeMap;

use estore_contract::{Currency, OrderId, UserId, payment::TransactionType};
use serde::Deserialize;

use super::fields::{Fields, Misread, number};

/// An entry in a user's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// In whose ledger it stands.
    pub user: UserId,
    /// What happened.
    pub kind: TransactionType,
    /// For which order.
    pub order: OrderId,
    /// Minor units.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
    /// The account that gets it.
    pub debit: Account,
    /// The account that gives it.
    pub credit: Account,
    /// Of a refund, its number.
    pub n: Option<i64>,
}

/// An account of the double entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// The buyer's.
    Customer,
    /// What is set aside.
    Authorized,
    /// The shop's own.
    Shop,
}

impl Entry {
    pub(super) fn of(user: UserId, fields: &Fields<'_>) -> Result<Self, Misread> {
        Ok(Self {
            user,
            kind: fields.word("type")?,
            order: fields.parsed("order")?,
            amount: fields.number("amount")?,
            currency: fields.currency("currency")?,
            debit: fields.word("debit")?,
            credit: fields.word("credit")?,
            n: fields.maybe_text("n").map(|_| fields.number("n")).transpose()?,
        })
    }
}

/// A payment in the sandbox gateway's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// What it is about; `None` for a tombstone.
    pub amount: Option<(i64, Currency)>,
    /// Whose order, as the gateway was told.
    pub user: Option<UserId>,
    /// Where it stands.
    pub state: PaymentState,
    /// Of a void, and of nothing else: whether money was set aside.
    pub was_authorized: Option<bool>,
    /// Whether the card was declined.
    pub declined: bool,
    /// How often it came into each state.
    pub times: Vec<(PaymentState, i64)>,
    /// Minor units that went back.
    pub refunded: i64,
    /// Minor units by the refund's number.
    pub refunds: BTreeMap<i64, i64>,
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// No money moved.
    Created,
    /// The money is set aside.
    Authorized,
    /// The card was declined.
    Declined,
    /// The money is taken.
    Captured,
    /// It will never be taken.
    Voided,
}

impl Payment {
    pub(super) fn of(fields: &Fields<'_>) -> Result<Self, Misread> {
        let amount = match ["amount", "currency"].map(|name| fields.maybe_text(name).is_some()) {
            [false, false] => None,
            _ => Some((fields.number("amount")?, fields.currency("currency")?)),
        };
        let states = [
            ("times:created", PaymentState::Created),
            ("times:authorized", PaymentState::Authorized),
            ("times:declined", PaymentState::Declined),
            ("times:captured", PaymentState::Captured),
            ("times:voided", PaymentState::Voided),
        ];
        let refund = |(name, value): (&String, &String)| {
            let n = number(name.strip_prefix("refund:")?);
            Some(n.zip(number(value)).ok_or_else(|| fields.wrong(name)))
        };
        Ok(Self {
            amount,
            user: fields.maybe_text("user").map(|_| fields.parsed("user")).transpose()?,
            state: fields.word("state")?,
            was_authorized: match fields.maybe_text("was_authorized") {
                None => None,
                Some("0") => Some(false),
                Some("1") => Some(true),
                Some(_) => return Err(fields.wrong("was_authorized")),
            },
            declined: fields.maybe_text("decline_code").is_some(),
            times: states
                .into_iter()
                .map(|(name, state)| Ok((state, fields.count(name)?)))
                .collect::<Result<_, _>>()?,
            refunded: fields.count("refunded")?,
            refunds: fields.map.iter().filter_map(refund).collect::<Result<_, _>>()?,
        })
    }
}
