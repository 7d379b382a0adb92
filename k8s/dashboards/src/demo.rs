//! *Demo*: the whole shop at a glance, faults and load on demand, and the audit.

use crate::{
    Dashboard, Panel, Row, Unit,
    panel::Kind::{Lines, Stat},
    service::quantile,
};

pub(crate) fn dashboard() -> Dashboard {
    Dashboard {
        name: "demo",
        title: "E-Store / Demo",
        description: "All parts side by side, faults and load on demand, and the audit that checks that nothing was lost. The engine room of the storefront shows these numbers, too.",
        from: "now-15m",
        one_service: false,
        rows: vec![parts(), calls(), faults(), load(), audit()],
    }
}

/// Requests of customers, without probes, files of pages, and the engine room's own.
const PUBLIC: &str =
    "service=~\".+\",listener=\"public\",route!~\"/health|/ready|/activity|/assets/.*|/engine.*\"";
/// The services, among the peers of the storefront.
const SERVICES: &str = "peer=~\"user|verification|inventory|payment\"";

fn parts() -> Row {
    Row::new("Parts", 3, vec![
        Panel::new(Lines, "Instances by service", Unit::Count,
            "Replicas that Prometheus reaches (runbook EStoreServiceDown).")
            .query("{{service}}", "sum by (service) (up{service=~\".+\"})"),
        Panel::new(Lines, "Versions by service", Unit::Count,
            "Instances by version. Two versions of a service at once: an upgrade is in progress.")
            .query("{{service}} {{version}}", "count by (service, version) (estore_build_info)"),
        Panel::new(Lines, "Requests by service", Unit::Requests, "Requests a second of customers, without those of probes.")
            .query("{{service}}", format!("sum by (service) (rate(http_request_duration_seconds_count{{{PUBLIC}}}[$__rate_interval]))")),
        Panel::new(Lines, "Errors by service", Unit::Share,
            "The share of answers with 5xx (runbook EStoreErrorBudgetBurn).")
            .query("{{service}}", format!("(sum by (service) (rate(http_request_duration_seconds_count{{{PUBLIC},status=~\"5..\"}}[$__rate_interval])) \
                 or 0 * sum by (service) (rate(http_request_duration_seconds_count{{{PUBLIC}}}[$__rate_interval]))) \
                 / sum by (service) (rate(http_request_duration_seconds_count{{{PUBLIC}}}[$__rate_interval]))"))
            .bad_above(0.001, 0.01)
            .more("service"),
        Panel::new(Lines, "99th percentile by service", Unit::Seconds,
            "99 % of the requests of customers take less. The promise is half a second (runbook EStoreLatencyBudgetBurn).")
            .query("{{service}}", quantile("0.99", "http_request_duration_seconds", PUBLIC, "service"))
            .bad_above(0.25, 0.5)
            .more("service"),
    ])
}

fn calls() -> Row {
    Row::new("Calls", 3, vec![
        Panel::new(Lines, "Calls between services", Unit::PerSecond, "Calls a second from each service to each other one.")
            .query("{{service}} to {{peer}}", format!("sum by (service, peer) (rate(estore_peer_call_duration_seconds_count{{{SERVICES}}}[$__rate_interval]))")),
        Panel::new(Lines, "Calls between services without an answer", Unit::Share,
            "The share of calls with an unknown outcome. The caller retries those (runbook EStorePeerUnknown).")
            .query("{{service}} to {{peer}}", format!("sum by (service, peer) (rate(estore_peer_call_duration_seconds_count{{{SERVICES},outcome=\"unknown\"}}[$__rate_interval])) \
                 / sum by (service, peer) (rate(estore_peer_call_duration_seconds_count{{{SERVICES}}}[$__rate_interval]))"))
            .bad_above(0.01, 0.05)
            .more("service"),
        Panel::new(Lines, "Calls to the stores by service", Unit::PerSecond, "Calls to Redis and statements to Postgres a second.")
            .query("{{service}} to Redis", "sum by (service) (rate(estore_redis_call_duration_seconds_count[$__rate_interval]))")
            .query("{{service}} to Postgres", "sum by (service) (rate(estore_postgres_statement_duration_seconds_count[$__rate_interval]))")
            .more("stores"),
    ])
}

fn faults() -> Row {
    Row::new("Faults on demand", 2, vec![
        Panel::new(Lines, "Faults in progress", Unit::Count, "1 while a fault lasts. Each ends by itself.")
            .query("{{kind}} {{target}}", "max by (kind, target) (estore_chaos_fault_active)"),
        Panel::new(Lines, "Faults by outcome", Unit::PerHour,
            "Faults that were over within the hour before each moment. failed: the fault could not be caused or ended; see the log of chaos.")
            .query("{{kind}} {{target}}: {{outcome}}", "sum by (kind, target, outcome) (increase(estore_chaos_faults_total[1h]))"),
    ])
}

fn load() -> Row {
    Row::new("Load on demand", 3, vec![
        Panel::new(Lines, "Orders by the dial", Unit::PerMinute, "Orders a minute that the dial asks for, and those that the shop got.")
            .query("dial", "max(estore_load_orders_per_minute)")
            .query("placed", "60 * sum(rate(estore_orders_created_total[$__rate_interval]))"),
        Panel::new(Lines, "Operations of customers", Unit::PerMinute,
            "Operations of the shopper's customers a minute. unknown: no answer came, and the customer repeats it with the same key.")
            .query("{{kind}}: {{outcome}}", "60 * sum by (kind, outcome) (rate(estore_load_operations_total[$__rate_interval]))"),
        Panel::new(Lines, "Operations of customers, 99th percentile", Unit::Seconds,
            "One of a hundred operations takes longer, as the customer waits. It grows while a service is away.")
            .query("{{kind}}", quantile("0.99", "estore_load_operation_duration_seconds", "", "kind")),
        Panel::new(Stat, "Contradictions", Unit::Count,
            "Orders whose state contradicts what their customer was told. Anything but 0 is a bug.")
            .query("", "max(estore_load_disagreements)")
            .bad_above(1.0, 1.0),
        Panel::new(Lines, "Comparisons", Unit::PerMinute, "Orders a minute that are compared with what their customer was told.")
            .query("compared", "60 * sum(rate(estore_load_compared_total[$__rate_interval]))"),
        Panel::new(Lines, "Late steps and deliveries", Unit::PerMinute,
            "Steps that the shopper could not take in time, and deliveries of stock that it booked for products that were running out.")
            .query("late", "60 * sum(rate(estore_load_late_total[$__rate_interval]))")
            .query("deliveries", "60 * sum(rate(estore_load_deliveries_total[$__rate_interval]))"),
    ])
}

fn audit() -> Row {
    Row::new("Audit", 4, vec![
        Panel::new(Lines, "Violations by equation", Unit::Count,
            "Violations that the last audit found, by equation of docs/order-flow.md (section 6). Anything but 0 is a bug, or a manual change in a store (runbook EStoreAuditViolation).")
            .query("{{equation}}", "max by (equation) (estore_audit_violations)")
            .bad_above(1.0, 1.0),
        Panel::new(Lines, "Since the last audit", Unit::Seconds,
            "The time since the last audit ended, and the time within which the next one must end. 0 is no schedule (runbook EStoreAuditMissing).")
            .query("since", "time() - max(estore_audit_finished_timestamp_seconds > 0)")
            .query("next within", "clamp_min(max(estore_audit_expected_timestamp_seconds) - max(estore_audit_finished_timestamp_seconds), 0)"),
        Panel::new(Lines, "Duration of the audit", Unit::Seconds, "The time that the last audit took. It grows with the number of orders.")
            .query("duration", "max(estore_audit_duration_seconds)"),
        Panel::new(Lines, "Compared by the audit", Unit::Count, "The numbers of orders, reservations and other things that the last audit compared.")
            .query("{{what}}", "max by (what) (estore_audit_checked)"),
    ])
}
