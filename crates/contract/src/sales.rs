//! The report on sales of the Payment Service.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{Currency, names::named};

named! {
    /// The length of a row of a report.
    #[derive(Default)]
    pub enum ReportPeriod {
        /// An hour in UTC.
        Hour = "hour",
        /// A day in UTC.
        #[default]
        Day = "day",
    }
}

/// A sum of money. Unlike a price, it has no upper limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoneySum {
    /// The sum, in minor units.
    #[schema(minimum = 0)]
    pub amount: i64,
    /// The currency.
    pub currency: Currency,
}

/// The orders and the money of one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SalesRow {
    /// The time at which the period begins.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The number of orders created.
    #[schema(minimum = 0)]
    pub orders: i64,
    /// The number of orders completed.
    #[schema(minimum = 0)]
    pub completed: i64,
    /// The number of orders undone because the card was declined.
    #[schema(minimum = 0)]
    pub declined: i64,
    /// The number of orders undone for any other reason.
    #[schema(minimum = 0)]
    pub cancelled: i64,
    /// The money captured, by currency.
    pub revenue: Vec<MoneySum>,
    /// The money refunded, by currency.
    pub refunds: Vec<MoneySum>,
}

/// The answer of `GET /reports/sales`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SalesReport {
    /// The length of each row.
    pub by: ReportPeriod,
    /// The rows, oldest first, without gaps.
    pub items: Vec<SalesRow>,
}
