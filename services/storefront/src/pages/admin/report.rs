//! The numbers of sales reports: plots, sums, and the way of orders.

use std::collections::BTreeMap;

use estore_contract::{
    Currency, Money,
    sales::{MoneySum, SalesRow},
    verification::Locale,
};
use time::OffsetDateTime;

use super::plot::{Plot, Point, Texts};
use crate::texts::format;

/// The labels of a report's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    Hours,
    Days,
}

impl Rows {
    /// Writes the begin of a row: `14:00` or `11-30`.
    fn label(self, at: OffsetDateTime) -> String {
        match self {
            Self::Hours => format!("{:02}:00", at.hour()),
            Self::Days => format!("{:02}-{:02}", u8::from(at.month()), at.day()),
        }
    }
}

/// Returns the plot of orders.
pub(crate) fn orders(texts: Texts, rows: &[SalesRow], by: Rows, locale: Locale) -> Plot {
    let shown = |number: i64| format::count(number.unsigned_abs(), locale);
    let point = |row: &SalesRow| Point {
        label: by.label(row.at),
        value: row.orders.max(0),
        shown: shown(row.orders.max(0)),
    };
    Plot::new(texts, rows.iter().map(point).collect(), shown)
}

/// Returns the plot of revenue in one currency.
pub(crate) fn revenue(texts: Texts, rows: &[SalesRow], currency: Currency, by: Rows, locale: Locale) -> Plot {
    let shown = |amount: i64| format::money(Money::new(amount, currency), locale);
    let point = |row: &SalesRow| {
        let value: i64 =
            row.revenue.iter().filter(|sum| sum.currency == currency).map(|sum| sum.amount).sum();
        Point { label: by.label(row.at), value: i64::max(value, 0), shown: shown(value) }
    };
    Plot::new(texts, rows.iter().map(point).collect(), shown)
}

/// Sums amounts by currency, the largest sum first.
pub(crate) fn sums<'a>(of: impl Iterator<Item = &'a MoneySum>) -> Vec<Money> {
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    for sum in of {
        let all = sums.entry(sum.currency).or_default();
        *all = all.saturating_add(sum.amount);
    }
    let mut sums: Vec<Money> =
        sums.into_iter().map(|(currency, amount)| Money::new(amount, currency)).collect();
    sums.sort_by_key(|sum| std::cmp::Reverse(sum.amount));
    sums
}

/// The number of orders at each step of their way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Funnel {
    pub(crate) placed: i64,
    pub(crate) completed: i64,
    pub(crate) declined: i64,
    pub(crate) cancelled: i64,
}

impl Funnel {
    /// Adds up the rows of a report.
    pub(crate) fn of(rows: &[SalesRow]) -> Self {
        rows.iter().fold(Self::default(), |sum, row| Self {
            placed: sum.placed + row.orders,
            completed: sum.completed + row.completed,
            declined: sum.declined + row.declined,
            cancelled: sum.cancelled + row.cancelled,
        })
    }

    /// Returns the number of orders that have not ended. Orders that were placed before the report
    /// and ended in it count as ended, so the number may be too small.
    pub(crate) fn open(self) -> i64 {
        (self.placed - self.completed - self.declined - self.cancelled).max(0)
    }

    /// Returns the share of the placed orders in percent.
    pub(crate) fn percent(self, part: i64) -> i64 {
        if self.placed <= 0 { 0 } else { (part.saturating_mul(100) / self.placed).clamp(0, 100) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows() -> Vec<SalesRow> {
        let row = |at: &str, orders: i64, usd: i64| {
            json!({"at": at, "orders": orders, "completed": orders - 1, "declined": 1, "cancelled": 0,
                "revenue": [{"amount": 500, "currency": "EUR"}, {"amount": usd, "currency": "USD"}], "refunds": []})
        };
        let rows = json!([row("2026-11-29T23:00:00Z", 3, 2000), row("2026-11-30T00:00:00Z", 1, 1000)]);
        serde_json::from_value(rows).unwrap()
    }

    fn texts() -> Texts {
        Texts { id: "p", title: String::new(), label_heading: "", value_heading: "", as_table: "" }
    }

    #[test]
    fn plot_has_a_bar_for_each_row() {
        let hours = orders(texts(), &rows(), Rows::Hours, Locale::En);
        let shown: Vec<_> = hours.bars.iter().map(|bar| (bar.label.as_str(), bar.shown.as_str())).collect();
        assert_eq!(shown, [("23:00", "3"), ("00:00", "1")]);
        let days = revenue(texts(), &rows(), "USD".parse().unwrap(), Rows::Days, Locale::De);
        let shown: Vec<_> = days.bars.iter().map(|bar| (bar.label.as_str(), bar.shown.as_str())).collect();
        assert_eq!(shown, [("11-29", "20,00\u{a0}$"), ("11-30", "10,00\u{a0}$")]);
    }

    #[test]
    fn largest_sum_comes_first() {
        let rows = rows();
        let sums = sums(rows.iter().flat_map(|row| &row.revenue));
        assert_eq!(sums.iter().map(ToString::to_string).collect::<Vec<_>>(), ["30.00 USD", "10.00 EUR"]);
    }

    #[test]
    fn funnel_shares_are_of_placed_orders() {
        let funnel = Funnel::of(&rows());
        assert_eq!((funnel.placed, funnel.completed, funnel.declined, funnel.open()), (4, 2, 2, 0));
        assert_eq!(funnel.percent(funnel.completed), 50);
        assert_eq!(Funnel::default().percent(5), 0);
        assert_eq!(Funnel { placed: 1, completed: 2, ..Funnel::default() }.percent(2), 100);
    }
}
