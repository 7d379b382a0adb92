//! What the shopper's load writes: JSON, line by line.

use estore_contract::Sku;
use serde::{Deserialize, Serialize};

/// A line that is no operation. Operations have lines of their own, at their invocation and at their end
/// (`estore_faults::history`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Every buyer has an account and cards.
    Ready,
    /// A load has begun, at this time of the history.
    Begun {
        /// Unix milliseconds.
        at_ms: u64,
    },
    /// A load has ended, and every operation of it is known.
    Ended(Ended),
    /// Buyers read an order of theirs.
    Looked {
        /// How many could.
        read: u32,
        /// How many have one.
        of: u32,
    },
    /// Something could not be done.
    Failed {
        /// What, and why.
        why: String,
    },
}

/// How a load went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Steps of buyers.
    pub steps: u64,
    /// Steps for which no buyer was free: the rate was not kept.
    pub late: u64,
    /// Operations that ended unknown, and were known later.
    pub settled: usize,
    /// Answers that no client may ever get.
    pub forbidden: Vec<String>,
    /// SKUs of which there were too few, and how many.
    pub hot: Vec<(Sku, u32)>,
    /// When the last step ended, in Unix milliseconds.
    pub at_ms: u64,
}
