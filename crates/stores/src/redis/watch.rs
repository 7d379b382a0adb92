//! The metrics of the Redis server, read every few seconds. Their names are those of the most
//! common exporter, so that knowledge of it applies here.

use std::time::Duration;

use estore_telemetry::{
    Platform,
    jobs::{self, Job},
    metrics::{Definition, Error, Followed, IntGauge, Section},
};
use futures::future::{OptionFuture, join};
use redis::{InfoDict, RedisError, cmd};
use tokio::sync::Notify;

use super::Redis;
use crate::shown::{self, Shown};

const PERIOD: Duration = Duration::from_secs(5);

const UP: Definition = Definition::gauge("redis_up", "1 if Redis answers", &[]);
const USED: Definition =
    Definition::gauge("redis_memory_used_bytes", "Memory that Redis uses, in bytes", &[]);
const MAX: Definition = Definition::gauge(
    "redis_memory_max_bytes",
    "Maximum memory of Redis in bytes; 0 if there is no limit",
    &[],
);
const CLIENTS: Definition = Definition::gauge("redis_connected_clients", "Connections to Redis", &[]);
const COMMANDS: Definition =
    Definition::counter("redis_commands_processed_total", "Commands that Redis executed", &[]);
const EVICTED: Definition =
    Definition::counter("redis_evicted_keys_total", "Keys that Redis evicted; each may be an order", &[]);
const AOF: Definition = Definition::gauge("redis_aof_enabled", "1 if Redis writes an append-only file", &[]);
const AOF_WRITE: Definition = Definition::gauge(
    "redis_aof_last_write_status",
    "1 if the last write to the append-only file succeeded",
    &[],
);
const AOF_REWRITE: Definition = Definition::gauge(
    "redis_aof_last_bgrewrite_status",
    "1 if the last rewrite of the append-only file succeeded",
    &[],
);
const AOF_SIZE: Definition =
    Definition::gauge("redis_aof_current_size_bytes", "Size of the append-only file in bytes", &[]);
const UPTIME: Definition =
    Definition::gauge("redis_uptime_in_seconds", "Seconds since the Redis server started", &[]);
const REPLICAS: Definition = Definition::gauge("redis_connected_slaves", "Replicas of the Redis server", &[]);

/// The section of Redis metrics.
pub const METRICS: Section = Section {
    title: "Inventory and Payment: Redis, as each service sees it",
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

/// Returns a job that measures the server of `redis`.
pub fn watch(redis: &Redis, platform: &Platform) -> Result<Job, Error> {
    let (redis, watched) = (redis.clone(), Watched::new(platform)?);
    let certificate = redis.tls_address().map(|(host, port)| Shown {
        host,
        port,
        prelude: shown::REDIS,
        expires: platform.certificates.with_label_values(&["redis"]),
    });
    Ok(Job::new("redis", async move |stop| {
        let wake = Notify::new();
        let server = jobs::poll(&stop, &wake, PERIOD, || watched.step(&redis));
        join(server, OptionFuture::from(certificate.map(|shown| shown.watch(stop.token())))).await;
    }))
}

struct Watched {
    up: IntGauge,
    /// The gauges by their names in `INFO`.
    numbers: [(&'static str, IntGauge); 7],
    statuses: [(&'static str, IntGauge); 2],
    counters: [(&'static str, Followed); 2],
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
                ("total_commands_processed", COMMANDS.followed(meter)?),
                ("evicted_keys", EVICTED.followed(meter)?),
            ],
        })
    }

    async fn step(&self, redis: &Redis) -> Result<bool, RedisError> {
        let info: Result<InfoDict, RedisError> = cmd("INFO").query_async(&mut redis.connection()).await;
        // A server that refuses the command is up nevertheless.
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
            if let Some(total) = info.get(name) {
                counter.follow(total);
            }
        }
        Ok(false)
    }
}
