//! What the Postgres server says of itself, asked every few seconds, and the pool of connections to it. The names are those of the
//! exporter that most people run, so that what they know of it holds here.

use std::time::Duration;

use sqlx::{PgPool, Row};
use tokio::sync::Notify;

use super::statements;

use crate::{
    Platform,
    jobs::{self, Job},
    metrics::{Definition, Error, IntCounter, IntGauge, Label, Section, follow},
};

const PERIOD: Duration = Duration::from_secs(5);

const POOL: Definition = Definition::gauge(
    "estore_pool_connections",
    "Connections to Postgres that the process has, by whether they are in use",
    &[Label::each("state", &["idle", "used"])],
);
const POOL_MAX: Definition = Definition::gauge(
    "estore_pool_connections_max",
    "Connections to Postgres that the process may have",
    &[],
);
const UP: Definition = Definition::gauge("pg_up", "1 where Postgres answers", &[]);
const SIZE: Definition = Definition::gauge("pg_database_size_bytes", "Size of the service's database", &[]);
const BACKENDS: Definition =
    Definition::gauge("pg_stat_database_numbackends", "Connections to the service's database", &[]);
const MAX: Definition =
    Definition::gauge("pg_settings_max_connections", "Connections that the server takes", &[]);
const COMMITS: Definition =
    Definition::counter("pg_stat_database_xact_commit_total", "Transactions that were committed", &[]);
const ROLLBACKS: Definition =
    Definition::counter("pg_stat_database_xact_rollback_total", "Transactions that were rolled back", &[]);
const DEADLOCKS: Definition =
    Definition::counter("pg_stat_database_deadlocks_total", "Deadlocks that were ended", &[]);
const HITS: Definition =
    Definition::counter("pg_stat_database_blks_hit_total", "Blocks that were found in memory", &[]);
const READS: Definition =
    Definition::counter("pg_stat_database_blks_read_total", "Blocks that were read from disk", &[]);

/// What is watched of a Postgres.
pub const METRICS: Section = Section {
    title: "User and Verification: their Postgres, as each of them sees it",
    metrics: &[
        statements::SECONDS,
        POOL,
        POOL_MAX,
        UP,
        SIZE,
        BACKENDS,
        MAX,
        COMMITS,
        ROLLBACKS,
        DEADLOCKS,
        HITS,
        READS,
    ],
};

/// A job that watches `pool` and its server.
pub fn watch(pool: &PgPool, platform: &Platform) -> Result<Job, Error> {
    statements::measure(&platform.metrics)?;
    watch_pool(pool.clone(), platform)?;
    let (pool, watched) = (pool.clone(), Watched::new(platform)?);
    Ok(Job::new("postgres", async move |stop| {
        jobs::poll(&stop, &Notify::new(), PERIOD, || watched.step(&pool)).await;
    }))
}

fn watch_pool(pool: PgPool, platform: &Platform) -> Result<(), Error> {
    let connections = POOL.gauges(&platform.metrics)?;
    let (idle, used) = (connections.with_label_values(&["idle"]), connections.with_label_values(&["used"]));
    POOL_MAX.one_gauge(&platform.metrics)?.set(i64::from(pool.options().get_max_connections()));
    platform.metrics.look(move || {
        let (all, resting) = (i64::from(pool.size()), i64::try_from(pool.num_idle()).unwrap_or(i64::MAX));
        idle.set(resting);
        used.set((all - resting).max(0));
    });
    Ok(())
}

struct Watched {
    up: IntGauge,
    gauges: [(&'static str, IntGauge); 3],
    counters: [(&'static str, IntCounter); 5],
}

impl Watched {
    fn new(platform: &Platform) -> Result<Self, Error> {
        let meter = &platform.metrics;
        Ok(Self {
            up: UP.one_gauge(meter)?,
            gauges: [
                ("size", SIZE.one_gauge(meter)?),
                ("backends", BACKENDS.one_gauge(meter)?),
                ("max_connections", MAX.one_gauge(meter)?),
            ],
            counters: [
                ("xact_commit", COMMITS.one_counter(meter)?),
                ("xact_rollback", ROLLBACKS.one_counter(meter)?),
                ("deadlocks", DEADLOCKS.one_counter(meter)?),
                ("blks_hit", HITS.one_counter(meter)?),
                ("blks_read", READS.one_counter(meter)?),
            ],
        })
    }

    async fn step(&self, pool: &PgPool) -> Result<bool, sqlx::Error> {
        let row = sqlx::query(
            "SELECT pg_database_size(datid) AS size, numbackends::bigint AS backends, xact_commit, xact_rollback,
                    deadlocks, blks_hit, blks_read, current_setting('max_connections')::bigint AS max_connections
             FROM pg_stat_database WHERE datname = current_database()",
        );
        let row = row.fetch_one(pool).await;
        self.up.set(i64::from(row.is_ok()));
        let row = row?;
        for (name, gauge) in &self.gauges {
            gauge.set(row.try_get(name)?);
        }
        for (name, counter) in &self.counters {
            follow(counter, u64::try_from(row.try_get::<i64, _>(name)?).unwrap_or(0));
        }
        Ok(false)
    }
}
