//! What operators watch of stock.

use estore_kit::{
    auth,
    metrics::{
        Definition, Error, Gauge, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Label, Meter, Section,
    },
    redis,
};

use crate::store::survey::Survey;

const RESERVATIONS: Definition = Definition::counter(
    "estore_reservations_total",
    "What Payment asked of reservations, by what came of it",
    &[
        Label::each("operation", &["reserve", "confirm", "release", "return"]),
        Label::each(
            "outcome",
            &["held", "insufficient_stock", "confirmed", "released", "returned", "refused"],
        ),
    ],
);
const EXPIRED: Definition =
    Definition::counter("estore_holds_expired_total", "Holds that ended by their deadline", &[]);
const HOLDS: Definition = Definition::gauge("estore_holds_open", "Orders for which stock is held", &[]);
const OVERDUE: Definition = Definition::gauge(
    "estore_holds_overdue_seconds",
    "How long the hold that should have ended first is past its deadline; 0 where none is",
    &[],
);
const UNITS: Definition = Definition::gauge(
    "estore_stock_units",
    "Pieces of the products on sale: free, or held for orders",
    &[Label::each("state", &["available", "reserved"])],
);
const PRODUCTS: Definition = Definition::gauge(
    "estore_products",
    "Products on sale, by whether there is a piece of them",
    &[Label::each("state", &["in_stock", "sold_out"])],
);
const VIOLATIONS: Definition = Definition::gauge(
    "estore_invariant_violations",
    "Products of which more is reserved than there is (stock_bounds, equation 1 of docs/order-flow.md), or not what is held (stock_held, equation 2); always 0",
    &[Label::each("invariant", &["stock_bounds", "stock_held"])],
);

const LAG: Definition = Definition::gauge(
    "estore_catalogue_lag_seconds",
    "How long ago the replica's catalogue was last known to have everything that the store had; above 1 the store answers lists",
    &[],
);

/// Everything that this service measures beside what every service does.
pub const METRICS: [Section; 4] = [
    redis::METRICS,
    auth::METRICS,
    Section {
        title: "Inventory: stock and holds",
        metrics: &[RESERVATIONS, EXPIRED, HOLDS, OVERDUE, UNITS, PRODUCTS, VIOLATIONS],
    },
    Section { title: "Inventory: the catalogue that each replica holds", metrics: &[LAG] },
];

#[derive(Clone)]
pub(crate) struct Metrics {
    /// Holds that ended by their deadline.
    pub(crate) expired: IntCounter,
    /// How far the catalogue is behind.
    pub(crate) lag: Gauge,
    reservations: IntCounterVec,
    holds: IntGauge,
    overdue: IntGauge,
    units: IntGaugeVec,
    products: IntGaugeVec,
    violations: IntGaugeVec,
}

impl Metrics {
    pub(crate) fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self {
            expired: EXPIRED.one_counter(meter)?,
            lag: LAG.one_fraction(meter)?,
            reservations: RESERVATIONS.counters(meter)?,
            holds: HOLDS.one_gauge(meter)?,
            overdue: OVERDUE.one_gauge(meter)?,
            units: UNITS.gauges(meter)?,
            products: PRODUCTS.gauges(meter)?,
            violations: VIOLATIONS.gauges(meter)?,
        })
    }

    /// Counts what Payment asked of a reservation.
    pub(crate) fn asked(&self, operation: &str, outcome: &str) {
        self.reservations.with_label_values(&[operation, outcome]).inc();
    }

    /// Shows what was found.
    pub(crate) fn watch(&self, found: &Survey) {
        let show =
            |gauges: &IntGaugeVec, label: &str, value: i64| gauges.with_label_values(&[label]).set(value);
        self.holds.set(found.holds);
        self.overdue.set(found.overdue.whole_seconds());
        show(&self.units, "available", found.available);
        show(&self.units, "reserved", found.reserved);
        show(&self.products, "in_stock", found.in_stock);
        show(&self.products, "sold_out", found.sold_out);
        show(&self.violations, "stock_bounds", found.out_of_bounds);
        if let Some(not_held) = found.not_held {
            show(&self.violations, "stock_held", not_held);
        }
    }
}
