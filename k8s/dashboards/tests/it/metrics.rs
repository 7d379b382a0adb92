//! The metrics that there are: docs/metrics.md.

use crate::promql::Series;

/// Counters and gauges, and `up`, which Prometheus itself keeps.
const PLAIN: &[&str] = &[
    "up",
    "estore_build_info",
    "http_requests_in_progress",
    "http_connections",
    "http_connections_refused_total",
    "http_requests_shed_total",
    "estore_rate_limited_total",
    "estore_certificate_expires_seconds",
    "estore_job_failures_total",
    "estore_job_success_timestamp_seconds",
    "tokio_workers",
    "tokio_alive_tasks",
    "tokio_global_queue_depth",
    "tokio_busy_seconds_total",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_virtual_memory_bytes",
    "process_open_fds",
    "process_max_fds",
    "process_start_time_seconds",
    "process_threads",
    "estore_cache_requests_total",
    "estore_cache_entries",
    "estore_outbox_depth",
    "estore_outbox_oldest_seconds",
    "redis_up",
    "redis_memory_used_bytes",
    "redis_memory_max_bytes",
    "redis_connected_clients",
    "redis_commands_processed_total",
    "redis_aof_enabled",
    "redis_aof_last_write_status",
    "redis_aof_last_bgrewrite_status",
    "redis_aof_current_size_bytes",
    "redis_evicted_keys_total",
    "redis_uptime_in_seconds",
    "redis_connected_slaves",
    "estore_pool_connections",
    "estore_pool_connections_max",
    "pg_up",
    "pg_database_size_bytes",
    "pg_stat_database_numbackends",
    "pg_settings_max_connections",
    "pg_stat_database_xact_commit_total",
    "pg_stat_database_xact_rollback_total",
    "pg_stat_database_deadlocks_total",
    "pg_stat_database_blks_hit_total",
    "pg_stat_database_blks_read_total",
    "estore_registrations_total",
    "estore_addresses_verified_total",
    "estore_logins_total",
    "estore_hashing",
    "estore_hashing_max",
    "estore_mails_total",
    "estore_verifications_total",
    "estore_reservations_total",
    "estore_holds_expired_total",
    "estore_holds_open",
    "estore_holds_overdue_seconds",
    "estore_stock_units",
    "estore_products",
    "estore_invariant_violations",
    "estore_orders_created_total",
    "estore_order_transitions_total",
    "estore_orders_cancelled_total",
    "estore_captured_minor_units_total",
    "estore_refunded_minor_units_total",
    "estore_refunds_total",
    "estore_order_retries_total",
    "estore_reconciliations_total",
    "estore_order_alarms_total",
    "estore_orders_open",
    "estore_order_oldest_seconds",
    "estore_refunds_open",
];
/// Histograms.
const HISTOGRAMS: &[&str] = &[
    "http_request_duration_seconds",
    "estore_peer_call_duration_seconds",
    "estore_redis_call_duration_seconds",
    "estore_postgres_statement_duration_seconds",
    "estore_order_duration_seconds",
    "estore_gateway_call_duration_seconds",
];

/// Whether there is such a metric, and the query says whose it is: names such as `redis_up` are others' too.
pub(crate) fn judge(series: &Series) -> Result<(), String> {
    let name = series.name;
    let base = ["_bucket", "_count", "_sum"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    if !PLAIN.contains(&name) && !(base != name && HISTOGRAMS.contains(&base)) {
        return Err(format!("there is no {name}"));
    }
    if !name.starts_with("estore_") && !series.selector.contains("service=") {
        return Err(format!("{name} may be anybody's: say of which service"));
    }
    Ok(())
}

/// All of them, to find those that nobody looks at.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    PLAIN.iter().chain(HISTOGRAMS).copied()
}
