//! The output of the shopper's load: JSON, line by line.

use estore_contract::Sku;
use serde::{Deserialize, Serialize};

/// A line that is not an operation. Operations have lines of their own, at their invocation and at
/// their end (`estore_checker::history`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Every buyer has an account and cards.
    Ready,
    /// A load has begun, at this time of the history.
    Begun {
        /// In Unix milliseconds.
        at_ms: u64,
    },
    /// A load has ended, and the outcome of every operation is known.
    Ended(Ended),
    /// Buyers read one of their orders.
    Looked {
        /// The number of buyers who could.
        read: u32,
        /// The number of buyers with an order.
        of: u32,
    },
    /// A command failed.
    Failed {
        /// The command and the reason.
        why: String,
    },
}

/// The result of a load.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Steps of buyers.
    pub steps: u64,
    /// Steps without a free buyer: the rate was not kept.
    pub late: u64,
    /// Operations with an unknown outcome that became known later.
    pub settled: usize,
    /// Answers that no client may get.
    pub forbidden: Vec<String>,
    /// SKUs with less stock than demand, and their units.
    pub hot: Vec<(Sku, u32)>,
    /// The time at which the last step ended, in Unix milliseconds.
    pub at_ms: u64,
}
