//! *Storefront*: page views, their errors and durations, sessions, forms and forwarded requests.

use crate::{
    Dashboard, Panel, Row, Unit,
    panel::Kind::{Lines, Stat},
    service::{quantile, rate},
};

pub(crate) fn dashboard() -> Dashboard {
    Dashboard {
        name: "storefront",
        title: "E-Store / Storefront",
        description: "The pages that customers and the owner see. The process is on the dashboard Service.",
        from: "now-6h",
        one_service: false,
        rows: vec![now(), pages(), people(), forwarded()],
    }
}

/// Requests for pages: without probes, files of pages, and what is forwarded to the services.
const PAGES: &str =
    "service=\"storefront\",listener=\"public\",route!~\"/health|/ready|/assets/.*|/api/.*|/favicon.*\"";
const FORWARDED: &str = "service=\"storefront\",listener=\"public\",route=~\"/api/.*\"";

fn now() -> Row {
    Row::new("Now", 4, vec![
        Panel::new(Stat, "Page views", Unit::Requests, "Pages and forms a second, without the files that they load.")
            .query("", format!("sum(rate(http_request_duration_seconds_count{{{PAGES}}}[$__rate_interval]))")),
        Panel::new(Stat, "Failed pages", Unit::Share,
            "The share of pages that are answered with 5xx: most often a service is away (runbook EStoreErrorBudgetBurn).")
            .query("", format!("(sum(rate(http_request_duration_seconds_count{{{PAGES},status=~\"5..\"}}[$__rate_interval])) or vector(0)) \
                 / sum(rate(http_request_duration_seconds_count{{{PAGES}}}[$__rate_interval]))"))
            .bad_above(0.001, 0.01)
            .more("service"),
        Panel::new(Stat, "99th percentile of pages", Unit::Seconds,
            "99 % of the pages take less. The promise is half a second (runbook EStoreLatencyBudgetBurn).")
            .query("", format!("histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{{{PAGES}}}[$__rate_interval])))"))
            .bad_above(0.25, 0.5)
            .more("service"),
        Panel::new(Stat, "Instances that answer", Unit::Count,
            "Replicas of the storefront that Prometheus reaches (runbook EStoreServiceDown).")
            .query("", "sum(up{service=\"storefront\"})")
            .bad_below(1.0, 1.0),
    ])
}

fn pages() -> Row {
    Row::new(
        "Pages",
        2,
        vec![
            Panel::new(
                Lines,
                "Views by page",
                Unit::Requests,
                "Pages and forms a second, by route template.",
            )
            .query("{{method}} {{route}}", rate(PAGES, "method, route")),
            Panel::new(
                Lines,
                "Views by status",
                Unit::Requests,
                "303 answers a form, 4xx are mistakes and missing pages, 5xx failures.",
            )
            .query("{{status}}", rate(PAGES, "status")),
            Panel::new(
                Lines,
                "99th percentile by page",
                Unit::Seconds,
                "One of a hundred views takes longer. A page is as slow as the slowest service that it asks.",
            )
            .query(
                "{{method}} {{route}}",
                quantile("0.99", "http_request_duration_seconds", PAGES, "method, route"),
            )
            .bad_above(0.25, 0.5),
            Panel::new(
                Lines,
                "Memory of the storefront",
                Unit::Bytes,
                "Resident memory of each instance, which holds no data.",
            )
            .query(
                "{{instance}}",
                "sum by (instance) (process_resident_memory_bytes{service=\"storefront\"})",
            )
            .bad_above(31_457_280.0, 52_428_800.0),
        ],
    )
}

fn people() -> Row {
    Row::new("Sessions and forms", 2, vec![
        Panel::new(Lines, "Sessions", Unit::PerMinute,
            "Events of browsers' sessions a minute. away: the User Service did not answer, and the browser stays logged in.")
            .query("{{event}}", "60 * sum by (event) (rate(estore_storefront_sessions_total[$__rate_interval]))"),
        Panel::new(Lines, "Refused forms", Unit::PerMinute,
            "Forms a minute that another site sent (origin), or that had no token of a page of ours (token). All forms are refused if SHOP_URL is not the address in the browser.")
            .query("{{reason}}", "60 * sum by (reason) (rate(estore_storefront_forms_refused_total[$__rate_interval]))")
            .bad_above(1.0, 10.0),
    ])
}

fn forwarded() -> Row {
    Row::new("Forwarded to the services", 2, vec![
        Panel::new(Lines, "Forwarded by status", Unit::Requests,
            "Requests below /api/ a second that the storefront forwards. None if an Ingress or a Gateway sends them straight to the services.")
            .query("{{route}} {{status}}", rate(FORWARDED, "route, status")),
        Panel::new(Lines, "99th percentile of forwarded requests", Unit::Seconds,
            "The time until the answer begins. Subtract that of the service itself to see what forwarding takes.")
            .query("{{route}}", quantile("0.99", "http_request_duration_seconds", FORWARDED, "route"))
            .bad_above(0.25, 0.5),
    ])
}
