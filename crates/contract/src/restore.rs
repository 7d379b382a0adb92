//! Epochs, and recovery after a restore (order-flow section 7).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// The answer of `GET /internal/epoch` at the User Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Epoch {
    /// The epoch. Each backup raises it; it is 0 before the shop is prepared.
    pub epoch: i64,
}

/// The body of `POST /internal/after-restore` at the Payment Service: selects the part of the
/// gateway's payments to check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AfterRestoreRequest {
    /// The earliest creation time of the payments to check.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// True if orders unknown to the store are skipped. Set for payments older than the data that
    /// may be missing.
    #[serde(default)]
    pub only_known: bool,
    /// The place at which to continue: the `next` of the previous part. Absent for the first part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The result for a part of the gateway's payments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AfterRestorePart {
    /// The number of payments by finding.
    pub counts: BTreeMap<String, u32>,
    /// One line for each order that was restored, voided or refunded, or that needs a person.
    pub lines: Vec<String>,
    /// The place at which to continue. Absent in the last part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
