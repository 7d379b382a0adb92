//! *Service*: one service's requests, its room, what it asks of others, its process.

use crate::{
    Dashboard, Panel, Row, Unit,
    panel::Kind::{Lines, Stat},
};

pub(crate) fn dashboard() -> Dashboard {
    Dashboard {
        name: "service",
        title: "E-Store / Service",
        description: "One service: rate, errors and durations of its requests, its room, its peers, its jobs, its process.",
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
            "Answers that say that we failed (5xx), of all. 0.1 % is what the shop allows itself in a month (runbook EStoreErrorBudgetBurn).")
            .query("", format!("(sum(rate(http_request_duration_seconds_count{{{PUBLIC},status=~\"5..\"}}[$__rate_interval])) or vector(0)) \
                 / sum(rate(http_request_duration_seconds_count{{{PUBLIC}}}[$__rate_interval]))"))
            .bad_above(0.001, 0.01),
        Panel::new(Stat, "99 % take less than", Unit::Seconds,
            "The 99th percentile of how long customers waited. The shop promises half a second (runbook EStoreLatencyBudgetBurn).")
            .query("", format!("histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{{{PUBLIC}}}[$__rate_interval])))"))
            .bad_above(0.25, 0.5),
        Panel::new(Stat, "In flight", Unit::Count,
            "Requests of customers that are worked on. 256 for each replica is all there is room for (MAX_REQUESTS).")
            .query("", "sum(http_requests_in_progress{service=\"$service\",listener=\"public\"})")
            .bad_above(128.0, 230.0),
        Panel::new(Stat, "Certificate ends in", Unit::Seconds,
            "How long the certificate that the internal listener shows is good. The chart's job renews it with a third of its life left (runbook \
             EStoreCertificateExpires).")
            .query("", "min(estore_certificate_expires_seconds{service=\"$service\"}) - time()")
            .bad_below(604_800.0, 86_400.0),
    ])
}

/// Requests of customers, without those of probes.
const PUBLIC: &str = "service=\"$service\",listener=\"public\",route!~\"/health|/ready\"";
const INTERNAL: &str = "service=\"$service\",listener=\"internal\"";

fn public() -> Row {
    Row::new("Requests of customers", 2, vec![
        Panel::new(Lines, "Rate by route", Unit::Requests, "Requests a second by route template; (none) is what fits no route.")
            .query("{{method}} {{route}}", rate(PUBLIC, "method, route")),
        Panel::new(Lines, "Refusals and errors by route", Unit::Requests,
            "Answers with 4xx and 5xx a second. 4xx are clients' mistakes and refusals; for 5xx look at the log: level ERROR, message \
             \"request failed\", causes.")
            .query("{{status}} {{method}} {{route}}", rate(&format!("{PUBLIC},status=~\"[45]..\""), "status, method, route"))
            .bad_above(1.0, 10.0),
        Panel::new(Lines, "Median by route", Unit::Seconds, "Half of the requests take less. A route that is slow alone: its statements and peers.")
            .query("{{method}} {{route}}", quantile("0.5", "http_request_duration_seconds", PUBLIC, "method, route"))
            .bad_above(0.25, 0.5),
        Panel::new(Lines, "99th percentile by route", Unit::Seconds,
            "One of a hundred takes longer. All routes at once: the store, or the CPU. /login and what else hashes passwords waits behind \
             others when many come at once.")
            .query("{{method}} {{route}}", quantile("0.99", "http_request_duration_seconds", PUBLIC, "method, route"))
            .bad_above(0.25, 0.5),
        Panel::new(Lines, "Slower than half a second", Unit::Share,
            "The part of requests that took longer than the promise, by route; 1 % is what the shop allows itself.")
            .query("{{method}} {{route}}", format!(
                "1 - sum by (method, route) (rate(http_request_duration_seconds_bucket{{{PUBLIC},le=\"0.5\"}}[$__rate_interval])) \
                 / sum by (method, route) (rate(http_request_duration_seconds_count{{{PUBLIC}}}[$__rate_interval]))"))
            .bad_above(0.01, 0.05),
        Panel::new(Lines, "Rate by status", Unit::Requests, "Requests a second by status. 429: see the limits below. 503: see what was turned away.")
            .query("{{status}}", rate(PUBLIC, "status")),
    ])
}

fn internal() -> Row {
    Row::new("Requests of other services", 3, vec![
        Panel::new(Lines, "Internal rate by route", Unit::Requests, "Requests a second on the internal listener, by route template.")
            .query("{{method}} {{route}}", rate(INTERNAL, "method, route")),
        Panel::new(Lines, "Internal answers by status", Unit::Requests,
            "4xx are refusals, such as of a reservation for which there is no stock; 5xx are failures, which the caller tries again.")
            .query("{{status}}", rate(INTERNAL, "status")),
        Panel::new(Lines, "Internal 99th percentile", Unit::Seconds,
            "A caller gives up after a second and tries again, so above that it hears nothing of what was done.")
            .query("{{method}} {{route}}", quantile("0.99", "http_request_duration_seconds", INTERNAL, "method, route"))
            .bad_above(0.5, 1.0),
    ])
}

fn room() -> Row {
    Row::new("Room, and what was turned away", 3, vec![
        Panel::new(Lines, "In flight by route", Unit::Count, "Requests that are worked on. Those of one route that pile up wait for the same thing.")
            .query("{{listener}} {{route}}", "sum by (listener, route) (http_requests_in_progress{service=\"$service\"})")
            .bad_above(128.0, 230.0),
        Panel::new(Lines, "Connections", Unit::Count, "Connections that are open, by listener. 4096 for each replica may be (MAX_CONNECTIONS).")
            .query("{{listener}}", "sum by (listener) (http_connections{service=\"$service\"})")
            .bad_above(2048.0, 3700.0),
        Panel::new(Lines, "Connections turned away", Unit::PerSecond,
            "Closed at once: all is taken, the address had its share, or TLS failed (runbook EStoreConnectionsRefused).")
            .query("{{listener}}: {{reason}}", "sum by (listener, reason) (rate(http_connections_refused_total{service=\"$service\"}[$__rate_interval]))")
            .bad_above(0.1, 1.0),
        Panel::new(Lines, "Requests turned away", Unit::PerSecond,
            "Answered 503 at once: all is taken, or the address had its share (runbook EStoreRequestsShed).")
            .query("{{listener}}: {{reason}}", "sum by (listener, reason) (rate(http_requests_shed_total{service=\"$service\"}[$__rate_interval]))")
            .bad_above(0.1, 1.0),
        Panel::new(Lines, "Rate limits", Unit::PerSecond,
            "Requests that were refused with 429, by class. One class alone: somebody tries passwords, cards or codes. All of them: does \
             TRUSTED_PROXIES name the proxy, or do all customers share its bucket?")
            .query("{{class}}", "sum by (class) (rate(estore_rate_limited_total{service=\"$service\"}[$__rate_interval]))")
            .bad_above(1.0, 10.0),
    ])
}

fn peers() -> Row {
    Row::new("What it asks of other services", 3, vec![
        Panel::new(Lines, "Calls by peer", Unit::Requests,
            "Attempts a second. Refused are published answers; unknown are those after which nobody knows what was done: they are tried again.")
            .query("{{peer}}: {{outcome}}", "sum by (peer, outcome) (rate(estore_peer_call_duration_seconds_count{service=\"$service\"}[$__rate_interval]))"),
        Panel::new(Lines, "Calls without an answer", Unit::Share,
            "The part of attempts whose outcome is unknown. The peer is down, slow or cut off (runbook EStorePeerUnknown).")
            .query("{{peer}}", "sum by (peer) (rate(estore_peer_call_duration_seconds_count{service=\"$service\",outcome=\"unknown\"}[$__rate_interval])) \
                 / sum by (peer) (rate(estore_peer_call_duration_seconds_count{service=\"$service\"}[$__rate_interval]))")
            .bad_above(0.01, 0.05),
        Panel::new(Lines, "99th percentile by peer", Unit::Seconds, "An attempt is given up after a second.")
            .query("{{peer}}", quantile("0.99", "estore_peer_call_duration_seconds", "service=\"$service\"", "peer"))
            .bad_above(0.5, 1.0),
        Panel::new(Lines, "Cache hits", Unit::Share,
            "Of the tokens that were looked at, those whose answer was still known. It is kept for at most five seconds, so a few \
             customers who each ask seldom bring it down; the User Service bears the rest.")
            .query("{{cache}}", "sum by (cache) (rate(estore_cache_requests_total{service=\"$service\",result=\"hit\"}[$__rate_interval])) \
                 / sum by (cache) (rate(estore_cache_requests_total{service=\"$service\"}[$__rate_interval]))"),
        Panel::new(Lines, "Cache entries", Unit::Count, "What is kept, by cache and instance.")
            .query("{{cache}} {{instance}}", "sum by (cache, instance) (estore_cache_entries{service=\"$service\"})"),
    ])
}

fn jobs() -> Row {
    Row::new("Work beside requests", 2, vec![
        Panel::new(Lines, "Jobs that fail", Unit::PerMinute,
            "Steps of jobs that failed, a minute. They are tried again; the log says why: level WARN, \"a background step failed\" (runbook \
             EStoreJobFailing).")
            .query("{{name}}", "60 * sum by (name) (rate(estore_job_failures_total{service=\"$service\"}[$__rate_interval]))")
            .bad_above(1.0, 6.0),
        Panel::new(Lines, "Since a job's last step", Unit::Seconds,
            "How long ago any replica did a step of each job that succeeded. They come each second to each minute (runbook EStoreJobSilent).")
            .query("{{name}}", "time() - max by (name) (estore_job_success_timestamp_seconds{service=\"$service\"})")
            .bad_above(180.0, 600.0),
        Panel::new(Lines, "Outboxes", Unit::Count, "What waits to be told to others, by outbox. It should come and go.")
            .query("{{outbox}}", "max by (outbox) (estore_outbox_depth{service=\"$service\"})")
            .bad_above(100.0, 1000.0),
        Panel::new(Lines, "Oldest in an outbox", Unit::Seconds,
            "How long the oldest entry waits (runbook EStoreOutboxOld).")
            .query("{{outbox}}", "max by (outbox) (estore_outbox_oldest_seconds{service=\"$service\"})")
            .bad_above(60.0, 900.0),
    ])
}

fn process() -> Row {
    Row::new("Process", 3, vec![
        Panel::new(Lines, "CPU", Unit::Count, "Cores that each instance uses. At the pod's limit it is slowed: raise resources, or add replicas.")
            .query("{{instance}}", "sum by (instance) (rate(process_cpu_seconds_total{service=\"$service\"}[$__rate_interval]))"),
        Panel::new(Lines, "Memory", Unit::Bytes, "Resident memory of each instance. What only grows ends at the pod's limit.")
            .query("{{instance}}", "sum by (instance) (process_resident_memory_bytes{service=\"$service\"})"),
        Panel::new(Lines, "Runtime busy", Unit::Share,
            "The part of their time that the runtime's workers are at work. Near 100 %, everything waits for them: add replicas or CPU.")
            .query("{{instance}}", "sum by (instance) (rate(tokio_busy_seconds_total{service=\"$service\"}[$__rate_interval])) \
                 / sum by (instance) (tokio_workers{service=\"$service\"})")
            .bad_above(0.7, 0.9),
        Panel::new(Lines, "Runtime queue", Unit::Count, "Tasks that wait for a worker. Above a few hundred, they come in faster than they are done.")
            .query("{{instance}}", "sum by (instance) (tokio_global_queue_depth{service=\"$service\"})")
            .bad_above(100.0, 1000.0),
        Panel::new(Lines, "Tasks", Unit::Count, "Tasks that are alive: some for each connection. What only grows leaks.")
            .query("{{instance}}", "sum by (instance) (tokio_alive_tasks{service=\"$service\"})"),
        Panel::new(Lines, "Files", Unit::Share,
            "Open files and connections of those that the process may have (runbook EStoreFileDescriptors).")
            .query("{{instance}}", "sum by (instance) (process_open_fds{service=\"$service\"}) / sum by (instance) (process_max_fds{service=\"$service\"})")
            .bad_above(0.6, 0.8),
    ])
}

fn system() -> Row {
    Row::new("Instances", 3, vec![
        Panel::new(Lines, "Up for", Unit::Seconds,
            "How long each instance runs. Falls to zero where one starts anew: kubectl describe pod says why (runbook EStoreRestarts).")
            .query("{{instance}}", "time() - max by (instance) (process_start_time_seconds{service=\"$service\"})"),
        Panel::new(Lines, "Threads", Unit::Count, "Threads of each instance: the runtime's, and those that hash or wait for files.")
            .query("{{instance}}", "sum by (instance) (process_threads{service=\"$service\"})")
            .bad_above(200.0, 500.0),
        Panel::new(Lines, "Versions", Unit::Count, "Instances by version. Two at once: an upgrade is under way, or stands still.")
            .query("{{version}}", "count by (version) (estore_build_info{service=\"$service\"})"),
    ])
}

/// A histogram's requests a second.
fn rate(selector: &str, by: &str) -> String {
    format!("sum by ({by}) (rate(http_request_duration_seconds_count{{{selector}}}[$__rate_interval]))")
}

/// A quantile of a histogram.
pub(crate) fn quantile(q: &str, histogram: &str, selector: &str, by: &str) -> String {
    format!(
        "histogram_quantile({q}, sum by (le, {by}) (rate({histogram}_bucket{{{selector}}}[$__rate_interval])))"
    )
}
