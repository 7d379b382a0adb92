//! The metrics of stock and of the catalogue.

use estore_server::auth;
use estore_stores::redis;
use estore_telemetry::metrics::{
    Definition, Error, Gauge, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Label, Meter, Section,
};

use crate::store::survey::Survey;

const RESERVATIONS: Definition = Definition::counter(
    "estore_reservations_total",
    "Payment's calls on reservations, by outcome",
    &[
        Label::each("operation", &["reserve", "confirm", "release", "return"]),
        Label::each(
            "outcome",
            &["held", "insufficient_stock", "confirmed", "released", "returned", "refused"],
        ),
    ],
);
const EXPIRED: Definition = Definition::counter("estore_holds_expired_total", "Holds that expired", &[]);
const HOLDS: Definition = Definition::gauge("estore_holds_open", "Reservations in the state held", &[]);
const OVERDUE: Definition = Definition::gauge(
    "estore_holds_overdue_seconds",
    "Seconds that the most overdue hold is past its deadline; 0 if none is",
    &[],
);
const UNITS: Definition = Definition::gauge(
    "estore_stock_units",
    "Units of the products on sale: available, or reserved for orders",
    &[Label::each("state", &["available", "reserved"])],
);
const PRODUCTS: Definition = Definition::gauge(
    "estore_products",
    "Products on sale, with units available (in_stock) or without (sold_out)",
    &[Label::each("state", &["in_stock", "sold_out"])],
);
const VIOLATIONS: Definition = Definition::gauge(
    "estore_invariant_violations",
    "Products with more reserved than on hand (stock_bounds, equation 1 of docs/order-flow.md), or with reserved stock other than the holds (stock_held, equation 2); always 0",
    &[Label::each("invariant", &["stock_bounds", "stock_held"])],
);

const LAG: Definition = Definition::gauge(
    "estore_catalogue_lag_seconds",
    "Seconds since the replica's catalogue was last known to be complete; above 1 the store answers lists",
    &[],
);

/// The metrics of this service beyond those that every service has.
pub const METRICS: [Section; 4] = [
    redis::METRICS,
    auth::METRICS,
    Section {
        title: "Inventory: stock and holds",
        metrics: &[RESERVATIONS, EXPIRED, HOLDS, OVERDUE, UNITS, PRODUCTS, VIOLATIONS],
    },
    Section { title: "Inventory: the catalogue of each replica", metrics: &[LAG] },
];

#[derive(Clone)]
pub(crate) struct Metrics {
    /// Holds that expired.
    pub(crate) expired: IntCounter,
    /// The lag of the catalogue behind the store.
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

    /// Counts a request of the Payment Service about a reservation.
    pub(crate) fn asked(&self, operation: &str, outcome: &str) {
        self.reservations.with_label_values(&[operation, outcome]).inc();
    }

    /// Sets the gauges to the results of a survey.
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
