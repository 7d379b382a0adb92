//! *Service*: one service's requests, spare capacity, calls to others, and process.

use crate::{
    Dashboard, Panel, Row, Unit,
    panel::Kind::{Lines, Stat},
};

pub(crate) fn dashboard() -> Dashboard {
    Dashboard {
        name: "service",
        title: "E-Store / Service",
        description: "One service: rate, errors and durations of its requests, its limits, peers, jobs and process.",
        from: "now-3h",
        one_service: true,
        rows: vec![now(), public(), internal(), room(), peers(), jobs(), process(), system()],
    }
}

fn now() -> Row {
    Row::new("Now", 6, vec![
        Panel::new(Stat, "Instances that answer", Unit::Count,
            "Replicas that Prometheus reaches. None: kubectl get pods -l app.kubernetes.io/component=$service (runbook EStoreServiceDown).")
            .query("", "sum(up{service=\"$service\"})")
            .bad_below(1.0, 1.0),
        Panel::new(Stat, "Requests", Unit::Requests, "Requests a second of customers, without those of probes.")
            .query("", format!("sum(rate(http_request_duration_seconds_count{{{PUBLIC}}}[$__rate_interval]))")),
        Panel::new(Stat, "Errors", Unit::Share,
            "The share of answers with 5xx. The budget is 0.1 % in 30 days (runbook EStoreErrorBudgetBurn).")
            .query("", format!("(sum(rate(http_request_duration_seconds_count{{{PUBLIC},status=~\"5..\"}}[$__rate_interval])) or vector(0)) \
                 / sum(rate(http_request_duration_seconds_count{{{PUBLIC}}}[$__rate_interval]))"))
            .bad_above(0.001, 0.01),
        Panel::new(Stat, "99th percentile of requests", Unit::Seconds,
            "99 % of the requests of customers take less. The promise is half a second (runbook EStoreLatencyBudgetBurn).")
            .query("", format!("histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{{{PUBLIC}}}[$__rate_interval])))"))
            .bad_above(0.25, 0.5),
        Panel::new(Stat, "In flight", Unit::Count,
            "Requests of customers in progress. Each replica takes 256 at most (MAX_REQUESTS).")
            .query("", "sum(http_requests_in_progress{service=\"$service\",listener=\"public\"})")
            .bad_above(128.0, 230.0),
        Panel::new(Stat, "Certificate expires in", Unit::Seconds,
            "The time until the first of the certificates of the service and its stores expires. The chart's job renews it with a third of its life left (runbook EStoreCertificateExpires).")
            .query("", "min(estore_certificate_expires_seconds{service=\"$service\"}) - time()")
            .bad_below(604_800.0, 86_400.0),
    ])
}

/// Requests of customers, without probes.
const PUBLIC: &str = "service=\"$service\",listener=\"public\",route!~\"/health|/ready\"";
const INTERNAL: &str = "service=\"$service\",listener=\"internal\"";

fn public() -> Row {
    Row::new("Requests of customers", 2, vec![
        Panel::new(Lines, "Rate by route", Unit::Requests, "Requests a second by route template; (none) matches no route.")
            .query("{{method}} {{route}}", rate(PUBLIC, "method, route")),
        Panel::new(Lines, "Refusals and errors by route", Unit::Requests,
            "Answers with 4xx and 5xx a second. 4xx are mistakes of clients and refusals. For 5xx, read the log: level ERROR, message \"request failed\", causes.")
            .query("{{status}} {{method}} {{route}}", rate(&format!("{PUBLIC},status=~\"[45]..\""), "status, method, route"))
            .bad_above(1.0, 10.0),
        Panel::new(Lines, "Median by route", Unit::Seconds, "Half of the requests take less. If only one route is slow, look at its statements and peers.")
            .query("{{method}} {{route}}", quantile("0.5", "http_request_duration_seconds", PUBLIC, "method, route"))
            .bad_above(0.25, 0.5),
        Panel::new(Lines, "99th percentile by route", Unit::Seconds,
            "One of a hundred requests takes longer. If all routes are slow, the cause is the store or the CPU. /login and other routes that hash passwords queue when many requests come at once.")
            .query("{{method}} {{route}}", quantile("0.99", "http_request_duration_seconds", PUBLIC, "method, route"))
            .bad_above(0.25, 0.5),
        Panel::new(Lines, "Slower than half a second", Unit::Share,
            "The share of requests that took longer than the promise, by route. The budget is 1 %.")
            .query("{{method}} {{route}}", format!(
                "1 - sum by (method, route) (rate(http_request_duration_seconds_bucket{{{PUBLIC},le=\"0.5\"}}[$__rate_interval])) \
                 / sum by (method, route) (rate(http_request_duration_seconds_count{{{PUBLIC}}}[$__rate_interval]))"))
            .bad_above(0.01, 0.05),
        Panel::new(Lines, "Rate by status", Unit::Requests, "Requests a second by status. For 429, see the rate limits below. For 503, see the rejected requests.")
            .query("{{status}}", rate(PUBLIC, "status")),
    ])
}

fn internal() -> Row {
    Row::new("Requests of other services", 3, vec![
        Panel::new(Lines, "Internal rate by route", Unit::Requests, "Requests a second on the internal listener, by route template.")
            .query("{{method}} {{route}}", rate(INTERNAL, "method, route")),
        Panel::new(Lines, "Internal answers by status", Unit::Requests,
            "4xx are refusals, such as of a reservation without enough stock. 5xx are failures, which the caller retries.")
            .query("{{status}}", rate(INTERNAL, "status")),
        Panel::new(Lines, "Internal 99th percentile", Unit::Seconds,
            "A caller gives up after a second and retries. Above a second it gets no answer.")
            .query("{{method}} {{route}}", quantile("0.99", "http_request_duration_seconds", INTERNAL, "method, route"))
            .bad_above(0.5, 1.0),
    ])
}

fn room() -> Row {
    Row::new("Limits and rejections", 3, vec![
        Panel::new(Lines, "In flight by route", Unit::Count, "Requests in progress. If those of one route pile up, they wait for the same dependency.")
            .query("{{listener}} {{route}}", "sum by (listener, route) (http_requests_in_progress{service=\"$service\"})")
            .bad_above(128.0, 230.0),
        Panel::new(Lines, "Connections", Unit::Count, "Open connections by listener. Each replica takes 4096 at most (MAX_CONNECTIONS).")
            .query("{{listener}}", "sum by (listener) (http_connections{service=\"$service\"})")
            .bad_above(2048.0, 3700.0),
        Panel::new(Lines, "Rejected connections", Unit::PerSecond,
            "Connections closed at once: the limit in all or of the address was reached, or TLS failed (runbook EStoreConnectionsRefused).")
            .query("{{listener}}: {{reason}}", "sum by (listener, reason) (rate(http_connections_refused_total{service=\"$service\"}[$__rate_interval]))")
            .bad_above(0.1, 1.0),
        Panel::new(Lines, "Rejected requests", Unit::PerSecond,
            "Requests answered with 503 at once: the limit in all or of the address was reached (runbook EStoreRequestsShed).")
            .query("{{listener}}: {{reason}}", "sum by (listener, reason) (rate(http_requests_shed_total{service=\"$service\"}[$__rate_interval]))")
            .bad_above(0.1, 1.0),
        Panel::new(Lines, "Rate limits", Unit::PerSecond,
            "Requests rejected with 429, by class. One class alone: somebody tries passwords, cards or codes. All classes: check that TRUSTED_PROXIES names the proxy. Otherwise all customers share its bucket.")
            .query("{{class}}", "sum by (class) (rate(estore_rate_limited_total{service=\"$service\"}[$__rate_interval]))")
            .bad_above(1.0, 10.0),
    ])
}

fn peers() -> Row {
    Row::new("Calls to other services", 3, vec![
        Panel::new(Lines, "Calls by peer", Unit::Requests,
            "Attempts a second. refused: the peer returned a published code. unknown: the outcome is not known, and the service retries.")
            .query("{{peer}}: {{outcome}}", "sum by (peer, outcome) (rate(estore_peer_call_duration_seconds_count{service=\"$service\"}[$__rate_interval]))"),
        Panel::new(Lines, "Calls without an answer", Unit::Share,
            "The share of attempts with an unknown outcome. The peer is down, slow or unreachable (runbook EStorePeerUnknown).")
            .query("{{peer}}", "sum by (peer) (rate(estore_peer_call_duration_seconds_count{service=\"$service\",outcome=\"unknown\"}[$__rate_interval])) \
                 / sum by (peer) (rate(estore_peer_call_duration_seconds_count{service=\"$service\"}[$__rate_interval]))")
            .bad_above(0.01, 0.05),
        Panel::new(Lines, "99th percentile by peer", Unit::Seconds, "The service abandons an attempt after a second.")
            .query("{{peer}}", quantile("0.99", "estore_peer_call_duration_seconds", "service=\"$service\"", "peer"))
            .bad_above(0.5, 1.0),
        Panel::new(Lines, "Cache hits", Unit::Share,
            "The share of token checks that the cache answered. An entry lives for five seconds at most, so the share is low with few requests. The User Service answers the others.")
            .query("{{cache}}", "sum by (cache) (rate(estore_cache_requests_total{service=\"$service\",result=\"hit\"}[$__rate_interval])) \
                 / sum by (cache) (rate(estore_cache_requests_total{service=\"$service\"}[$__rate_interval]))"),
        Panel::new(Lines, "Cache entries", Unit::Count, "Entries by cache and instance.")
            .query("{{cache}} {{instance}}", "sum by (cache, instance) (estore_cache_entries{service=\"$service\"})"),
    ])
}

fn jobs() -> Row {
    Row::new("Jobs and outboxes", 2, vec![
        Panel::new(Lines, "Jobs that fail", Unit::PerMinute,
            "Failed steps of jobs a minute. Each is retried. The log has the reason: level WARN, \"job step failed\" (runbook EStoreJobFailing).")
            .query("{{name}}", "60 * sum by (name) (rate(estore_job_failures_total{service=\"$service\"}[$__rate_interval]))")
            .bad_above(1.0, 6.0),
        Panel::new(Lines, "Since a job's last step", Unit::Seconds,
            "The time since the last successful step of each job on any replica. Steps come every second to every minute (runbook EStoreJobSilent).")
            .query("{{name}}", "time() - max by (name) (estore_job_success_timestamp_seconds{service=\"$service\"})")
            .bad_above(180.0, 600.0),
        Panel::new(Lines, "Outboxes", Unit::Count, "Undelivered entries by outbox. They should come and go.")
            .query("{{outbox}}", "max by (outbox) (estore_outbox_depth{service=\"$service\"})")
            .bad_above(100.0, 1000.0),
        Panel::new(Lines, "Oldest in an outbox", Unit::Seconds,
            "The age of the oldest entry (runbook EStoreOutboxOld).")
            .query("{{outbox}}", "max by (outbox) (estore_outbox_oldest_seconds{service=\"$service\"})")
            .bad_above(60.0, 900.0),
    ])
}

fn process() -> Row {
    Row::new("Process", 3, vec![
        Panel::new(Lines, "CPU", Unit::Count, "Cores that each instance uses. At the pod's limit it is throttled: raise resources, or add replicas.")
            .query("{{instance}}", "sum by (instance) (rate(process_cpu_seconds_total{service=\"$service\"}[$__rate_interval]))"),
        Panel::new(Lines, "Memory", Unit::Bytes, "Resident memory of each instance. A line that only grows ends at the pod's limit.")
            .query("{{instance}}", "sum by (instance) (process_resident_memory_bytes{service=\"$service\"})"),
        Panel::new(Lines, "Runtime busy", Unit::Share,
            "The share of time that the runtime's workers are busy. Near 100 %, everything waits for them: add replicas or CPU.")
            .query("{{instance}}", "sum by (instance) (rate(tokio_busy_seconds_total{service=\"$service\"}[$__rate_interval])) \
                 / sum by (instance) (tokio_workers{service=\"$service\"})")
            .bad_above(0.7, 0.9),
        Panel::new(Lines, "Runtime queue", Unit::Count, "Tasks that wait for a worker. Above a few hundred, they arrive faster than they finish.")
            .query("{{instance}}", "sum by (instance) (tokio_global_queue_depth{service=\"$service\"})")
            .bad_above(100.0, 1000.0),
        Panel::new(Lines, "Tasks", Unit::Count, "Tasks that have not finished, some for each connection. A line that only grows is a leak.")
            .query("{{instance}}", "sum by (instance) (tokio_alive_tasks{service=\"$service\"})"),
        Panel::new(Lines, "Files", Unit::Share,
            "Open files and connections, as a share of the limit (runbook EStoreFileDescriptors).")
            .query("{{instance}}", "sum by (instance) (process_open_fds{service=\"$service\"}) / sum by (instance) (process_max_fds{service=\"$service\"})")
            .bad_above(0.6, 0.8),
    ])
}

fn system() -> Row {
    Row::new("Instances", 3, vec![
        Panel::new(Lines, "Up for", Unit::Seconds,
            "The uptime of each instance. It falls to zero at a restart: kubectl describe pod says why (runbook EStoreRestarts).")
            .query("{{instance}}", "time() - max by (instance) (process_start_time_seconds{service=\"$service\"})"),
        Panel::new(Lines, "Threads", Unit::Count, "Threads of each instance: the runtime's, and those that hash or wait for files.")
            .query("{{instance}}", "sum by (instance) (process_threads{service=\"$service\"})")
            .bad_above(200.0, 500.0),
        Panel::new(Lines, "Versions", Unit::Count, "Instances by version. Two versions at once: an upgrade is in progress, or has stopped.")
            .query("{{version}}", "count by (version) (estore_build_info{service=\"$service\"})"),
    ])
}

/// Returns a histogram's requests per second.
pub(crate) fn rate(selector: &str, by: &str) -> String {
    format!("sum by ({by}) (rate(http_request_duration_seconds_count{{{selector}}}[$__rate_interval]))")
}

pub(crate) fn quantile(q: &str, histogram: &str, selector: &str, by: &str) -> String {
    format!(
        "histogram_quantile({q}, sum by (le, {by}) (rate({histogram}_bucket{{{selector}}}[$__rate_interval])))"
    )
}
