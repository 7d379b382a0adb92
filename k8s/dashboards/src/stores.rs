//! *Stores*: Redis, Postgres, the pools of connections to it, and of threads that hash.

use crate::{
    Dashboard, Panel, Row, Unit,
    panel::Kind::{Lines, Stack, Stat},
    service::quantile,
};

pub(crate) fn dashboard() -> Dashboard {
    Dashboard {
        name: "stores",
        title: "E-Store / Stores",
        description: "Redis and Postgres as the services see them, and the pools before them.",
        from: "now-3h",
        one_service: false,
        rows: vec![now(), calls(), redis(), pools(), postgres()],
    }
}

const REDIS: &str = "service=~\"inventory|payment\"";
const POSTGRES: &str = "service=~\"user|verification\"";

/// A gauge that each replica tells of one server.
fn one(metric: &str, selector: &str) -> String {
    format!("max by (service) ({metric}{{{selector}}})")
}

fn now() -> Row {
    Row::new("Now", 6, vec![
        Panel::new(Stat, "Redis answers", Unit::Health,
            "Whether each service reaches its Redis. Where not, there are no catalogue and no orders (runbook EStoreRedisDown).")
            .query("{{service}}", format!("min by (service) (redis_up{{{REDIS}}})"))
            .bad_below(1.0, 1.0),
        Panel::new(Stat, "Redis keeps what it answers", Unit::Health,
            "Whether the last write to the append-only file succeeded. Where not, orders can be lost (runbook EStoreRedisAofWrite).")
            .query("{{service}}", format!("min by (service) (redis_aof_enabled{{{REDIS}}} * redis_aof_last_write_status{{{REDIS}}})"))
            .bad_below(1.0, 1.0),
        Panel::new(Stat, "Redis memory", Unit::Bytes,
            "Memory that Redis uses; every order is in it. docs/operations.md says what one takes.")
            .query("{{service}}", one("redis_memory_used_bytes", REDIS)),
        Panel::new(Stat, "Postgres answers", Unit::Health,
            "Whether each service reaches its database. Where not, nobody logs in and no mail goes out (runbook EStorePostgresDown).")
            .query("{{service}}", format!("min by (service) (pg_up{{{POSTGRES}}})"))
            .bad_below(1.0, 1.0),
        Panel::new(Stat, "Postgres connections", Unit::Share,
            "Connections to the services' databases, of those that the server takes (runbook EStorePostgresConnections).")
            .query("{{service}}", format!("{} / {}", one("pg_stat_database_numbackends", POSTGRES), one("pg_settings_max_connections", POSTGRES)))
            .bad_above(0.6, 0.8),
        Panel::new(Stat, "Pools in use", Unit::Share,
            "Of the connections that a replica may have to its database, those in use, where it is most (runbook EStorePoolUsedUp).")
            .query("{{service}}", "max by (service) (estore_pool_connections{state=\"used\"} / ignoring (state) estore_pool_connections_max)")
            .bad_above(0.7, 0.9),
    ])
}

fn calls() -> Row {
    Row::new("What the services ask of their stores", 3, vec![
        Panel::new(Lines, "Calls to Redis by function", Unit::PerSecond, "Calls a second by function or command, from all replicas.")
            .query("{{function}}", "sum by (function) (rate(estore_redis_call_duration_seconds_count[$__rate_interval]))"),
        Panel::new(Lines, "Catalogue behind its store", Unit::Seconds,
            "How far each replica's catalogue is behind Redis, at most. Above 1 s Redis answers its lists (runbook EStoreCatalogueBehind).")
            .query("{{instance}}", "max by (instance) (estore_catalogue_lag_seconds)")
            .bad_above(1.0, 10.0),
        Panel::new(Lines, "Calls to Redis by outcome", Unit::PerSecond,
            "Refused is an error that Redis answered, such as full memory; silent is no answer within a second, and nobody knows what was done.")
            .query("{{service}}: {{outcome}}", "sum by (service, outcome) (rate(estore_redis_call_duration_seconds_count[$__rate_interval]))"),
        Panel::new(Lines, "Redis, 99th percentile by function", Unit::Seconds,
            "One of a hundred calls takes longer, with the way there and back. Functions run one after another, and each write waits for the \
             disk: all slow at once is the disk, one alone is that function.")
            .query("{{function}}", quantile("0.99", "estore_redis_call_duration_seconds", "", "function"))
            .bad_above(0.1, 0.5),
        Panel::new(Lines, "Statements by operation", Unit::PerSecond, "Statements a second to Postgres, by service.")
            .query("{{service}} {{operation}}", "sum by (service, operation) (rate(estore_postgres_statement_duration_seconds_count[$__rate_interval]))"),
        Panel::new(Lines, "Postgres, median by operation", Unit::Seconds, "Half of the statements take less.")
            .query("{{service}} {{operation}}", quantile("0.5", "estore_postgres_statement_duration_seconds", "", "service, operation"))
            .bad_above(0.05, 0.25),
        Panel::new(Lines, "Postgres, 99th percentile by operation", Unit::Seconds,
            "One of a hundred statements takes longer. pg_stat_activity says what they wait for.")
            .query("{{service}} {{operation}}", quantile("0.99", "estore_postgres_statement_duration_seconds", "", "service, operation"))
            .bad_above(0.1, 0.5),
    ])
}

fn redis() -> Row {
    Row::new("Redis", 3, vec![
        Panel::new(Lines, "Memory in use", Unit::Bytes,
            "Used, and its maximum (0 where there is none). At the maximum no order is begun; those under way end (runbook EStoreRedisMemory).")
            .query("{{service}} used", one("redis_memory_used_bytes", REDIS))
            .query("{{service}} maximum", one("redis_memory_max_bytes", REDIS)),
        Panel::new(Lines, "Commands", Unit::PerSecond, "Commands that the server executed a second, whoever sent them.")
            .query("{{service}}", format!("max by (service) (rate(redis_commands_processed_total{{{REDIS}}}[$__rate_interval]))")),
        Panel::new(Lines, "Clients", Unit::Count, "Connections to the server.")
            .query("{{service}}", one("redis_connected_clients", REDIS))
            .bad_above(1000.0, 5000.0),
        Panel::new(Lines, "Append-only file", Unit::Bytes,
            "How large it is. It grows with each write, and is written anew once it has doubled: the volume needs room for three times the data.")
            .query("{{service}}", one("redis_aof_current_size_bytes", REDIS)),
        Panel::new(Lines, "Append-only file is written anew", Unit::Health,
            "Whether the last rewrite succeeded. Where not, the file grows until the disk is full (runbook EStoreRedisAofRewrite).")
            .query("{{service}}", format!("min by (service) (redis_aof_last_bgrewrite_status{{{REDIS}}})"))
            .bad_below(1.0, 1.0),
        Panel::new(Lines, "Evicted keys", Unit::PerMinute,
            "Must be none: an evicted key is an order or stock that is lost (runbook EStoreRedisEvicts).")
            .query("{{service}}", format!("60 * max by (service) (rate(redis_evicted_keys_total{{{REDIS}}}[$__rate_interval]))"))
            .bad_above(0.001, 0.1),
        Panel::new(Lines, "Redis runs for", Unit::Seconds, "Falls to zero where the server was started anew.")
            .query("{{service}}", one("redis_uptime_in_seconds", REDIS)),
        Panel::new(Lines, "Replicas of Redis", Unit::Count, "Servers that follow it. The chart has none.")
            .query("{{service}}", one("redis_connected_slaves", REDIS)),
    ])
}

fn pools() -> Row {
    Row::new("Pools", 3, vec![
        Panel::new(Stack, "Connections in pools", Unit::Count, "Connections of all replicas to their databases, used and idle.")
            .query("{{service}} {{state}}", "sum by (service, state) (estore_pool_connections)"),
        Panel::new(Lines, "Pools in use, by instance", Unit::Share,
            "Where all are in use, requests wait for one, and get 503 when they wait too long (DATABASE_POOL).")
            .query("{{service}} {{instance}}", "sum by (service, instance) (estore_pool_connections{state=\"used\"}) \
                 / sum by (service, instance) (estore_pool_connections_max)")
            .bad_above(0.7, 0.9),
        Panel::new(Lines, "Hashing passwords", Unit::Count,
            "Threads that hash, those there are, and requests that wait for one. Beyond 64 who wait, logins get 503 (runbook EStoreLoginsBusy).")
            .query("{{state}}", "sum by (state) (estore_hashing)")
            .query("threads", "sum(estore_hashing_max)")
            .bad_above(32.0, 64.0),
    ])
}

fn postgres() -> Row {
    Row::new("Postgres", 3, vec![
        Panel::new(Lines, "Connections to the database", Unit::Count, "Sessions of each database, and how many the server takes.")
            .query("{{service}}", one("pg_stat_database_numbackends", POSTGRES))
            .query("{{service}} maximum", one("pg_settings_max_connections", POSTGRES)),
        Panel::new(Lines, "Transactions", Unit::PerSecond,
            "Transactions a second that were kept, and that were taken back. Some are taken back when two change one row; many are errors.")
            .query("{{service}} kept", format!("max by (service) (rate(pg_stat_database_xact_commit_total{{{POSTGRES}}}[$__rate_interval]))"))
            .query("{{service}} taken back", format!("max by (service) (rate(pg_stat_database_xact_rollback_total{{{POSTGRES}}}[$__rate_interval]))")),
        Panel::new(Lines, "Deadlocks", Unit::PerMinute, "Must be none (runbook EStorePostgresDeadlocks).")
            .query("{{service}}", format!("60 * max by (service) (rate(pg_stat_database_deadlocks_total{{{POSTGRES}}}[$__rate_interval]))"))
            .bad_above(0.001, 1.0),
        Panel::new(Lines, "Found in memory", Unit::Share, "Pages that were found in Postgres's own memory. Falls where the data outgrows shared_buffers.")
            .query("{{service}}", format!("max by (service) (rate(pg_stat_database_blks_hit_total{{{POSTGRES}}}[$__rate_interval])) \
                 / (max by (service) (rate(pg_stat_database_blks_hit_total{{{POSTGRES}}}[$__rate_interval])) \
                 + max by (service) (rate(pg_stat_database_blks_read_total{{{POSTGRES}}}[$__rate_interval])))"))
            .bad_below(0.95, 0.8),
        Panel::new(Lines, "Database size", Unit::Bytes, "How large each database is on disk.")
            .query("{{service}}", one("pg_database_size_bytes", POSTGRES)),
    ])
}
