//! Epochs, and what is done after a restore (order-flow section 7).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// `GET /internal/epoch` at the User Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Epoch {
    /// Raised with each backup; 0 before the shop was prepared.
    pub epoch: i64,
}

/// `POST /internal/after-restore` at the Payment Service: a part of the gateway's payments to go through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AfterRestoreRequest {
    /// Payments made before this are not looked at.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Whether orders that the store does not know are left alone: for payments that are older than what may be missing.
    #[serde(default)]
    pub only_known: bool,
    /// Where to go on: the `next` of the part before; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What was done about a part of the gateway's payments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AfterRestorePart {
    /// How many payments, by what was found of each.
    pub counts: BTreeMap<String, u32>,
    /// A line for each order that was written again, sent back or needs a person.
    pub lines: Vec<String>,
    /// Where to go on; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
