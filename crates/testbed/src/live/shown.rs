//! Fixed queries that the page shows. Nobody outside can change them.

/// The unit of a number, which decides how the page formats it.
pub(super) type Unit = &'static str;

pub(super) struct Figure {
    /// The name in the answer.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) unit: Unit,
    pub(super) query: &'static str,
}

/// Several numbers of one kind, distinguished by a label.
pub(super) struct List {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) unit: Unit,
    pub(super) label: &'static str,
    pub(super) query: &'static str,
}

/// A chart of lines over time.
pub(super) struct Chart {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) unit: Unit,
    pub(super) lines: &'static [Line],
}

/// One line, or one line for each value of a label.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) label: Option<&'static str>,
    pub(super) query: &'static str,
}

/// The state of the store. For a gauge of the shared store, the highest value that any process
/// reports counts. Rates are over a minute, so that the page shows changes quickly.
pub(super) const FIGURES: [Figure; 12] = [
    Figure {
        id: "orders_per_minute",
        title: "Orders a minute",
        unit: "per_minute",
        query: "sum(rate(estore_orders_created_total[1m])) * 60",
    },
    Figure {
        id: "orders_open",
        title: "Orders in progress",
        unit: "count",
        query: "max(sum by (instance) (estore_orders_open))",
    },
    Figure {
        id: "order_oldest",
        title: "Oldest order in progress",
        unit: "seconds",
        query: "max(estore_order_oldest_seconds)",
    },
    Figure {
        id: "requests_per_second",
        title: "Requests a second",
        unit: "per_second",
        query: r#"sum(rate(http_request_duration_seconds_count{listener="public"}[1m]))"#,
    },
    Figure { id: "latency_p50", title: "Median time to answer", unit: "seconds", query: P50 },
    Figure { id: "latency_p99", title: "99th percentile", unit: "seconds", query: P99 },
    Figure { id: "errors", title: "Answers with 5xx", unit: "ratio", query: ERRORS },
    Figure {
        id: "stock_available",
        title: "Units for sale",
        unit: "count",
        query: r#"max(estore_stock_units{state="available"})"#,
    },
    Figure {
        id: "stock_reserved",
        title: "Units held for orders",
        unit: "count",
        query: r#"max(estore_stock_units{state="reserved"})"#,
    },
    Figure {
        id: "products_in_stock",
        title: "Products in stock",
        unit: "count",
        query: r#"max(estore_products{state="in_stock"})"#,
    },
    Figure {
        id: "products_sold_out",
        title: "Products sold out",
        unit: "count",
        query: r#"max(estore_products{state="sold_out"})"#,
    },
    Figure {
        id: "mails_sent",
        title: "Emails sent",
        unit: "count",
        query: r#"sum(estore_mails_total{outcome="sent"})"#,
    },
];

const P50: &str = r#"histogram_quantile(0.5, sum by (le) (rate(http_request_duration_seconds_bucket{listener="public"}[1m])))"#;
const P99: &str = r#"histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{listener="public"}[1m])))"#;
/// The share of requests that failed by our fault; no number while there are no requests.
const ERRORS: &str = r#"(sum(rate(http_request_duration_seconds_count{listener="public", status=~"5.."}[1m])) or vector(0)) / sum(rate(http_request_duration_seconds_count{listener="public"}[1m]))"#;

/// The path from a visitor to a sale, counted since the services started.
pub(super) const FUNNEL: [Figure; 4] = [
    Figure {
        id: "registered",
        title: "Registered",
        unit: "count",
        query: r#"sum(estore_registrations_total{outcome="registered"})"#,
    },
    Figure {
        id: "verified",
        title: "Address proven",
        unit: "count",
        query: "sum(estore_addresses_verified_total)",
    },
    Figure {
        id: "ordered",
        title: "Orders placed",
        unit: "count",
        query: "sum(estore_orders_created_total)",
    },
    Figure {
        id: "completed",
        title: "Orders completed",
        unit: "count",
        query: r#"sum(estore_order_transitions_total{to="completed"})"#,
    },
];

/// Money, and the reasons of cancelled orders, counted since the services started.
pub(super) const LISTS: [List; 3] = [
    List {
        id: "captured",
        title: "Money taken",
        unit: "money",
        label: "currency",
        query: "sum by (currency) (estore_captured_minor_units_total)",
    },
    List {
        id: "refunded",
        title: "Money refunded",
        unit: "money",
        label: "currency",
        query: "sum by (currency) (estore_refunded_minor_units_total) > 0",
    },
    List {
        id: "cancelled",
        title: "Orders cancelled",
        unit: "count",
        label: "reason",
        query: "sum by (reason) (estore_orders_cancelled_total) > 0",
    },
];

/// Charts of the last quarter of an hour.
pub(super) const CHARTS: [Chart; 4] = [
    Chart {
        id: "orders",
        title: "Orders",
        unit: "per_minute",
        lines: &[
            Line { name: "placed", label: None, query: "sum(rate(estore_orders_created_total[1m])) * 60" },
            Line {
                name: "completed",
                label: None,
                query: r#"sum(rate(estore_order_transitions_total{to="completed"}[1m])) * 60"#,
            },
            Line {
                name: "cancelled",
                label: None,
                query: r#"sum(rate(estore_order_transitions_total{to="cancelled"}[1m])) * 60"#,
            },
        ],
    },
    Chart {
        id: "latency",
        title: "Time to answer",
        unit: "seconds",
        lines: &[
            Line { name: "median", label: None, query: P50 },
            Line { name: "99th percentile", label: None, query: P99 },
        ],
    },
    Chart {
        id: "requests",
        title: "Requests",
        unit: "per_second",
        lines: &[Line {
            name: "",
            label: Some("service"),
            query: r#"sum by (service) (rate(http_request_duration_seconds_count{listener="public"}[1m]))"#,
        }],
    },
    Chart {
        id: "errors",
        title: "Answers with 5xx",
        unit: "ratio",
        lines: &[Line { name: "errors", label: None, query: ERRORS }],
    },
];
