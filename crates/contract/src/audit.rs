//! The report of an audit (`bootstrap audit`), as Redis keeps it.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, serde::rfc3339};

/// The labels of the equations that an audit checks: their numbers in order-flow section 6, and a
/// word or two.
pub const EQUATIONS: &[&str] = &[
    "01_stock_bounds",
    "02_stock_held",
    "03_stock_adds_up",
    "04_sales_are_orders",
    "05_money_matches_state",
    "06_money_sums",
    "07_work_is_complete",
    "08_told_is_so",
    "09_one_key_one_order",
    "11_steps_are_edges",
    "14_erased_is_gone",
];

/// The report of an audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReport {
    /// The time of its start.
    #[serde(with = "rfc3339")]
    pub started_at: OffsetDateTime,
    /// The time of its end.
    #[serde(with = "rfc3339")]
    pub finished_at: OffsetDateTime,
    /// The time that it took, in milliseconds.
    pub took_ms: u64,
    /// The time after its end within which the next one must end, if there is a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_within_seconds: Option<u64>,
    /// The size of the shop.
    pub checked: Checked,
    /// The number of orders that were read again, as they were in progress or changed.
    pub read_again: u64,
    /// The result for each equation, in order.
    pub equations: Vec<AuditedEquation>,
    /// Remarks about what was not checked, and about events that are allowed and should not happen.
    pub remarks: Vec<String>,
}

/// The numbers of things that an audit looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Orders.
    pub orders: u64,
    /// Reservations of stock.
    pub reservations: u64,
    /// Entries of ledgers.
    pub ledger_entries: u64,
    /// Movements in the journal of stock.
    pub journal: u64,
    /// Payments in the books of the sandbox gateway.
    pub payments: u64,
    /// Products.
    pub products: u64,
}

impl Checked {
    /// Returns each number with its name.
    #[must_use]
    pub const fn each(&self) -> [(&'static str, u64); 6] {
        [
            ("orders", self.orders),
            ("reservations", self.reservations),
            ("ledger_entries", self.ledger_entries),
            ("journal", self.journal),
            ("payments", self.payments),
            ("products", self.products),
        ]
    }
}

/// The result for one equation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditedEquation {
    /// One of [`EQUATIONS`].
    pub equation: String,
    /// The equation in one line.
    pub title: String,
    /// The number of things that it was checked on.
    pub checked: u64,
    /// The name of these things.
    pub of: String,
    /// The number of violations.
    pub violations: u64,
    /// The first violations.
    pub offenders: Vec<Offender>,
}

/// A violation: what contradicts what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Offender {
    /// The order, refund (`<order>/<n>`), product, account or key.
    pub subject: String,
    /// The contradiction.
    pub what: String,
}

impl AuditReport {
    /// Returns the number of violations.
    #[must_use]
    pub fn violations(&self) -> u64 {
        self.equations.iter().map(|equation| equation.violations).sum()
    }
}
