//! *Stores*: Redis, Postgres, the connection pools, and the hash pool.

use crate::{
    Dashboard, Panel, Row, Unit,
    panel::Kind::{Lines, Stack, Stat},
    service::quantile,
};

pub(crate) fn dashboard() -> Dashboard {
    Dashboard {
        name: "stores",
        title: "E-Store / Stores",
        description: "Redis and Postgres as the services see them, and their connection pools.",
        from: "now-3h",
        one_service: false,
        rows: vec![now(), calls(), redis(), pools(), postgres()],
    }
}

const REDIS: &str = "service=~\"inventory|payment\"";
const POSTGRES: &str = "service=~\"user|verification\"";

/// Returns a gauge that each replica reports for one server.
fn one(metric: &str, selector: &str) -> String {
    format!("max by (service) ({metric}{{{selector}}})")
}

fn now() -> Row {
    Row::new("Now", 6, vec![
        Panel::new(Stat, "Redis answers", Unit::Health,
            "1 if the service reaches its Redis. Without it there are no catalogue and no orders (runbook EStoreRedisDown).")
            .query("{{service}}", format!("min by (service) (redis_up{{{REDIS}}})"))
            .bad_below(1.0, 1.0),
        Panel::new(Stat, "Redis persists its writes", Unit::Health,
            "1 if the last write to the append-only file succeeded. Otherwise orders can be lost (runbook EStoreRedisAofWrite).")
            .query("{{service}}", format!("min by (service) (redis_aof_enabled{{{REDIS}}} * redis_aof_last_write_status{{{REDIS}}})"))
            .bad_below(1.0, 1.0),
        Panel::new(Stat, "Redis memory", Unit::Bytes,
            "The memory of Redis, which holds every order. docs/operations.md has the size of an order.")
            .query("{{service}}", one("redis_memory_used_bytes", REDIS)),
        Panel::new(Stat, "Postgres answers", Unit::Health,
            "1 if the service reaches its database. Without it nobody can log in, and no email is sent (runbook EStorePostgresDown).")
            .query("{{service}}", format!("min by (service) (pg_up{{{POSTGRES}}})"))
            .bad_below(1.0, 1.0),
        Panel::new(Stat, "Postgres connections", Unit::Share,
            "Connections to the services' databases, as a share of the server's limit (runbook EStorePostgresConnections).")
            .query("{{service}}", format!("{} / {}", one("pg_stat_database_numbackends", POSTGRES), one("pg_settings_max_connections", POSTGRES)))
            .bad_above(0.6, 0.8),
        Panel::new(Stat, "Pools in use", Unit::Share,
            "Connections in use, as a share of the pool, in the fullest pool of each service (runbook EStorePoolUsedUp).")
            .query("{{service}}", "max by (service) (estore_pool_connections{state=\"used\"} / ignoring (state) estore_pool_connections_max)")
            .bad_above(0.7, 0.9),
    ])
}

fn calls() -> Row {
    Row::new("Calls to the stores", 3, vec![
        Panel::new(Lines, "Calls to Redis by function", Unit::PerSecond, "Calls a second by function or command, from all replicas.")
            .query("{{function}}", "sum by (function) (rate(estore_redis_call_duration_seconds_count[$__rate_interval]))"),
        Panel::new(Lines, "Catalogue behind its store", Unit::Seconds,
            "The maximum lag of each replica's catalogue behind Redis. Above 1 s Redis answers its lists (runbook EStoreCatalogueBehind).")
            .query("{{instance}}", "max by (instance) (estore_catalogue_lag_seconds)")
            .bad_above(1.0, 10.0),
        Panel::new(Lines, "Calls to Redis by outcome", Unit::PerSecond,
            "refused: Redis returned an error, such as full memory. silent: no answer came within a second, and the outcome is unknown.")
            .query("{{service}}: {{outcome}}", "sum by (service, outcome) (rate(estore_redis_call_duration_seconds_count[$__rate_interval]))"),
        Panel::new(Lines, "Redis, 99th percentile by function", Unit::Seconds,
            "One of a hundred calls takes longer, with the network round trip. Functions run one after another, and each write waits for the disk. If all are slow, the cause is the disk; if one is slow, that function.")
            .query("{{function}}", quantile("0.99", "estore_redis_call_duration_seconds", "", "function"))
            .bad_above(0.1, 0.5),
        Panel::new(Lines, "Statements by operation", Unit::PerSecond, "Statements a second to Postgres, by service.")
            .query("{{service}} {{operation}}", "sum by (service, operation) (rate(estore_postgres_statement_duration_seconds_count[$__rate_interval]))"),
        Panel::new(Lines, "Postgres, median by operation", Unit::Seconds, "Half of the statements take less.")
            .query("{{service}} {{operation}}", quantile("0.5", "estore_postgres_statement_duration_seconds", "", "service, operation"))
            .bad_above(0.05, 0.25),
        Panel::new(Lines, "Postgres, 99th percentile by operation", Unit::Seconds,
            "One of a hundred statements takes longer. pg_stat_activity shows the cause.")
            .query("{{service}} {{operation}}", quantile("0.99", "estore_postgres_statement_duration_seconds", "", "service, operation"))
            .bad_above(0.1, 0.5),
    ])
}

fn redis() -> Row {
    Row::new("Redis", 3, vec![
        Panel::new(Lines, "Memory in use", Unit::Bytes,
            "Used memory, and its maximum (0 if there is none). At the maximum no order can begin; those in progress end (runbook EStoreRedisMemory).")
            .query("{{service}} used", one("redis_memory_used_bytes", REDIS))
            .query("{{service}} maximum", one("redis_memory_max_bytes", REDIS)),
        Panel::new(Lines, "Commands", Unit::PerSecond, "Commands that the server executed a second, of all clients.")
            .query("{{service}}", format!("max by (service) (rate(redis_commands_processed_total{{{REDIS}}}[$__rate_interval]))")),
        Panel::new(Lines, "Clients", Unit::Count, "Connections to the server.")
            .query("{{service}}", one("redis_connected_clients", REDIS))
            .bad_above(1000.0, 5000.0),
        Panel::new(Lines, "Append-only file", Unit::Bytes,
            "The size of the file. It grows with each write, and is rewritten once it has doubled: the volume needs room for three times the data.")
            .query("{{service}}", one("redis_aof_current_size_bytes", REDIS)),
        Panel::new(Lines, "Rewrite of the append-only file", Unit::Health,
            "1 if the last rewrite succeeded. Otherwise the file grows until the disk is full (runbook EStoreRedisAofRewrite).")
            .query("{{service}}", format!("min by (service) (redis_aof_last_bgrewrite_status{{{REDIS}}})"))
            .bad_below(1.0, 1.0),
        Panel::new(Lines, "Evicted keys", Unit::PerMinute,
            "Must be 0: an evicted key may be a lost order or lost stock (runbook EStoreRedisEvicts).")
            .query("{{service}}", format!("60 * max by (service) (rate(redis_evicted_keys_total{{{REDIS}}}[$__rate_interval]))"))
            .bad_above(0.001, 0.1),
        Panel::new(Lines, "Uptime of Redis", Unit::Seconds, "Falls to zero when the server restarts.")
            .query("{{service}}", one("redis_uptime_in_seconds", REDIS)),
        Panel::new(Lines, "Replicas of Redis", Unit::Count, "Replicas that follow the server. The chart has none.")
            .query("{{service}}", one("redis_connected_slaves", REDIS)),
    ])
}

fn pools() -> Row {
    Row::new("Pools", 3, vec![
        Panel::new(Stack, "Connections in pools", Unit::Count, "Connections of all replicas to their databases, used and idle.")
            .query("{{service}} {{state}}", "sum by (service, state) (estore_pool_connections)"),
        Panel::new(Lines, "Pools in use, by instance", Unit::Share,
            "If all are in use, requests wait for one, and get 503 if they wait too long (DATABASE_POOL).")
            .query("{{service}} {{instance}}", "sum by (service, instance) (estore_pool_connections{state=\"used\"}) \
                 / sum by (service, instance) (estore_pool_connections_max)")
            .bad_above(0.7, 0.9),
        Panel::new(Lines, "Hashing passwords", Unit::Count,
            "Hashing threads in use and in all, and requests that wait for one. If more than 64 wait, logins get 503 (runbook EStoreLoginsBusy).")
            .query("{{state}}", "sum by (state) (estore_hashing)")
            .query("threads", "sum(estore_hashing_max)")
            .bad_above(32.0, 64.0),
    ])
}

fn postgres() -> Row {
    Row::new("Postgres", 3, vec![
        Panel::new(Lines, "Connections to the database", Unit::Count, "Sessions of each database, and the maximum of the server.")
            .query("{{service}}", one("pg_stat_database_numbackends", POSTGRES))
            .query("{{service}} maximum", one("pg_settings_max_connections", POSTGRES)),
        Panel::new(Lines, "Transactions", Unit::PerSecond,
            "Committed and rolled back transactions a second. Some are rolled back when two change one row; many mean errors.")
            .query("{{service}} committed", format!("max by (service) (rate(pg_stat_database_xact_commit_total{{{POSTGRES}}}[$__rate_interval]))"))
            .query("{{service}} rolled back", format!("max by (service) (rate(pg_stat_database_xact_rollback_total{{{POSTGRES}}}[$__rate_interval]))")),
        Panel::new(Lines, "Deadlocks", Unit::PerMinute, "Must be 0 (runbook EStorePostgresDeadlocks).")
            .query("{{service}}", format!("60 * max by (service) (rate(pg_stat_database_deadlocks_total{{{POSTGRES}}}[$__rate_interval]))"))
            .bad_above(0.001, 1.0),
        Panel::new(Lines, "Found in memory", Unit::Share, "The share of pages found in Postgres's own memory. It falls if the data outgrows shared_buffers.")
            .query("{{service}}", format!("max by (service) (rate(pg_stat_database_blks_hit_total{{{POSTGRES}}}[$__rate_interval])) \
                 / (max by (service) (rate(pg_stat_database_blks_hit_total{{{POSTGRES}}}[$__rate_interval])) \
                 + max by (service) (rate(pg_stat_database_blks_read_total{{{POSTGRES}}}[$__rate_interval])))"))
            .bad_below(0.95, 0.8),
        Panel::new(Lines, "Database size", Unit::Bytes, "The size of each database on disk.")
            .query("{{service}}", one("pg_database_size_bytes", POSTGRES)),
    ])
}
