//! What the Redis server says of itself, asked every few seconds. The names are those of the exporter that most people run, so that
//! what they know of it holds here.

use std::time::Duration;

use redis::{InfoDict, RedisError, cmd};
use tokio::sync::Notify;

use super::Redis;
use crate::{
    Platform,
    jobs::{self, Job},
    metrics::{Definition, Error, IntCounter, IntGauge, Section, follow},
};

const PERIOD: Duration = Duration::from_secs(5);

const UP: Definition = Definition::gauge("redis_up", "1 where Redis answers", &[]);
const USED: Definition = Definition::gauge("redis_memory_used_bytes", "Memory that Redis uses", &[]);
const MAX: Definition =
    Definition::gauge("redis_memory_max_bytes", "Memory that Redis may use; 0 where that has no limit", &[]);
const CLIENTS: Definition = Definition::gauge("redis_connected_clients", "Connections to Redis", &[]);
const COMMANDS: Definition =
    Definition::counter("redis_commands_processed_total", "Commands that Redis carried out", &[]);
const EVICTED: Definition = Definition::counter(
    "redis_evicted_keys_total",
    "Keys that Redis dropped to make room: each may be an order",
    &[],
);
const AOF: Definition =
    Definition::gauge("redis_aof_enabled", "1 where Redis keeps what it answers on disk", &[]);
const AOF_WRITE: Definition = Definition::gauge(
    "redis_aof_last_write_status",
    "1 where the last write to the append-only file succeeded",
    &[],
);
const AOF_REWRITE: Definition = Definition::gauge(
    "redis_aof_last_bgrewrite_status",
    "1 where the append-only file was made smaller without an error, when that was last tried",
    &[],
);
const AOF_SIZE: Definition =
    Definition::gauge("redis_aof_current_size_bytes", "Size of the append-only file", &[]);
const UPTIME: Definition =
    Definition::gauge("redis_uptime_in_seconds", "For how long the Redis server has been running", &[]);
const REPLICAS: Definition = Definition::gauge("redis_connected_slaves", "Replicas of the Redis server", &[]);

/// What is watched of a Redis.
pub const METRICS: Section = Section {
    title: "Inventory and Payment: their Redis, as each of them sees it",
    metrics: &[
        super::connection::SECONDS,
        UP,
        USED,
        MAX,
        CLIENTS,
        COMMANDS,
        EVICTED,
        AOF,
        AOF_WRITE,
        AOF_REWRITE,
        AOF_SIZE,
        UPTIME,
        REPLICAS,
    ],
};

/// A job that watches the server of `redis`.
pub fn watch(redis: &Redis, platform: &Platform) -> Result<Job, Error> {
    let (redis, watched) = (redis.clone(), Watched::new(platform)?);
    Ok(Job::new("redis", async move |stop| {
        jobs::poll(&stop, &Notify::new(), PERIOD, || watched.step(&redis)).await;
    }))
}

struct Watched {
    up: IntGauge,
    /// By the names of `INFO`.
    numbers: [(&'static str, IntGauge); 7],
    statuses: [(&'static str, IntGauge); 2],
    counters: [(&'static str, IntCounter); 2],
}

impl Watched {
    fn new(platform: &Platform) -> Result<Self, Error> {
        let meter = &platform.metrics;
        Ok(Self {
            up: UP.one_gauge(meter)?,
            numbers: [
                ("used_memory", USED.one_gauge(meter)?),
                ("maxmemory", MAX.one_gauge(meter)?),
                ("connected_clients", CLIENTS.one_gauge(meter)?),
                ("aof_enabled", AOF.one_gauge(meter)?),
                ("aof_current_size", AOF_SIZE.one_gauge(meter)?),
                ("uptime_in_seconds", UPTIME.one_gauge(meter)?),
                ("connected_slaves", REPLICAS.one_gauge(meter)?),
            ],
            statuses: [
                ("aof_last_write_status", AOF_WRITE.one_gauge(meter)?),
                ("aof_last_bgrewrite_status", AOF_REWRITE.one_gauge(meter)?),
            ],
            counters: [
                ("total_commands_processed", COMMANDS.one_counter(meter)?),
                ("evicted_keys", EVICTED.one_counter(meter)?),
            ],
        })
    }

    async fn step(&self, redis: &Redis) -> Result<bool, RedisError> {
        let info: Result<InfoDict, RedisError> = cmd("INFO").query_async(&mut redis.connection()).await;
        // A server that refuses to tell is there nevertheless.
        let silent = info.as_ref().is_err_and(super::is_silent);
        self.up.set(i64::from(!silent));
        let info = info?;
        for (name, gauge) in &self.numbers {
            gauge.set(info.get(name).unwrap_or_default());
        }
        for (name, gauge) in &self.statuses {
            gauge.set(i64::from(info.get::<String>(name).as_deref() == Some("ok")));
        }
        for (name, counter) in &self.counters {
            follow(counter, info.get(name).unwrap_or_default());
        }
        Ok(false)
    }
}
