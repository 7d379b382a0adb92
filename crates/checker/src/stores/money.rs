//! The ledger, as Payment keeps it, and the sandbox gateway's own records.

use std::collections::BTreeMap;

use estore_contract::{Currency, OrderId, UserId, payment::TransactionType};
use serde::Deserialize;

use super::fields::{Fields, Misread, number};

/// An entry in a user's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The owner of the ledger.
    pub user: UserId,
    /// The type of the entry.
    pub kind: TransactionType,
    pub order: OrderId,
    /// In minor units.
    pub amount: i64,
    /// The currency of the amount.
    pub currency: Currency,
    /// The account that receives the amount.
    pub debit: Account,
    /// The account that gives the amount.
    pub credit: Account,
    /// The number of a refund.
    pub n: Option<i64>,
}

/// An account of the double-entry ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// The buyer's account.
    Customer,
    /// Authorized money.
    Authorized,
    /// The shop's own account.
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

/// A payment in the sandbox gateway's records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The amount; `None` for a tombstone.
    pub amount: Option<(i64, Currency)>,
    /// The buyer, as Payment named it to the gateway.
    pub user: Option<UserId>,
    /// The current state.
    pub state: PaymentState,
    /// Only for a void: true if money was authorized.
    pub was_authorized: Option<bool>,
    /// True if the card was declined.
    pub declined: bool,
    /// The number of times that it entered each state.
    pub times: Vec<(PaymentState, i64)>,
    /// The refunded amount, in minor units.
    pub refunded: i64,
    /// Amounts in minor units, by the refund's number.
    pub refunds: BTreeMap<i64, i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// No money moved.
    Created,
    /// The money is authorized.
    Authorized,
    /// The card was declined.
    Declined,
    /// The money is captured.
    Captured,
    /// The money will never be captured.
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
