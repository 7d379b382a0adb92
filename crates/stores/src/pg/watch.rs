//! The metrics of the Postgres server, read every few seconds, and of the connection pool. Their
//! names are those of the most common exporter, so that knowledge of it applies here.

use std::time::Duration;

use estore_telemetry::{
    Platform,
    jobs::{self, Job},
    metrics::{Definition, Error, Followed, IntGauge, Label, STATEMENT_SECONDS, Section, measure_statements},
};
use futures::future::{OptionFuture, join};
use sqlx::{PgPool, Row, postgres::PgSslMode};
use tokio::sync::Notify;

use super::{PgClock, within};
use crate::shown::{self, Shown};

const PERIOD: Duration = Duration::from_secs(5);

const POOL: Definition = Definition::gauge(
    "estore_pool_connections",
    "Connections of the process to Postgres, in use or idle",
    &[Label::each("state", &["idle", "used"])],
);
const POOL_MAX: Definition = Definition::gauge(
    "estore_pool_connections_max",
    "Maximum number of connections of the process to Postgres",
    &[],
);
const UP: Definition = Definition::gauge("pg_up", "1 if Postgres answers", &[]);
const SIZE: Definition =
    Definition::gauge("pg_database_size_bytes", "Size of the service's database in bytes", &[]);
const BACKENDS: Definition =
    Definition::gauge("pg_stat_database_numbackends", "Connections to the service's database", &[]);
const MAX: Definition =
    Definition::gauge("pg_settings_max_connections", "Maximum number of connections to the server", &[]);
const COMMITS: Definition =
    Definition::counter("pg_stat_database_xact_commit_total", "Committed transactions", &[]);
const ROLLBACKS: Definition =
    Definition::counter("pg_stat_database_xact_rollback_total", "Rolled back transactions", &[]);
const DEADLOCKS: Definition = Definition::counter("pg_stat_database_deadlocks_total", "Deadlocks", &[]);
const HITS: Definition =
    Definition::counter("pg_stat_database_blks_hit_total", "Blocks that were found in memory", &[]);
const READS: Definition =
    Definition::counter("pg_stat_database_blks_read_total", "Blocks that were read from disk", &[]);

/// The section of Postgres metrics.
pub const METRICS: Section = Section {
    title: "User and Verification: Postgres, as each service sees it",
    metrics: &[
        STATEMENT_SECONDS,
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

/// Returns a job that measures `pool` and its server, and samples the server's time for `clock`.
pub fn watch(pool: &PgPool, clock: &PgClock, platform: &Platform) -> Result<Job, Error> {
    measure_statements(&platform.metrics)?;
    watch_pool(pool.clone(), platform)?;
    let (pool, clock, watched) = (pool.clone(), clock.clone(), Watched::new(platform)?);
    let certificate = certificate(&pool, platform);
    Ok(Job::new("postgres", async move |stop| {
        let wake = Notify::new();
        let server = jobs::poll(&stop, &wake, PERIOD, || watched.step(&pool, &clock));
        join(server, OptionFuture::from(certificate.map(|shown| shown.watch(stop.token())))).await;
    }))
}

/// Returns the certificate to watch, if every connection to the server must use TLS.
fn certificate(pool: &PgPool, platform: &Platform) -> Option<Shown> {
    let options = pool.connect_options();
    matches!(options.get_ssl_mode(), PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull).then(
        || Shown {
            host: options.get_host().to_owned(),
            port: options.get_port(),
            prelude: shown::POSTGRES,
            expires: platform.certificates.with_label_values(&["postgres"]),
        },
    )
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
    counters: [(&'static str, Followed); 5],
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
                ("xact_commit", COMMITS.followed(meter)?),
                ("xact_rollback", ROLLBACKS.followed(meter)?),
                ("deadlocks", DEADLOCKS.followed(meter)?),
                ("blks_hit", HITS.followed(meter)?),
                ("blks_read", READS.followed(meter)?),
            ],
        })
    }

    async fn step(&self, pool: &PgPool, clock: &PgClock) -> Result<bool, sqlx::Error> {
        let row = sqlx::query(
            "SELECT pg_database_size(datid) AS size, numbackends::bigint AS backends, xact_commit, xact_rollback,
                    deadlocks, blks_hit, blks_read, current_setting('max_connections')::bigint AS max_connections
             FROM pg_stat_database WHERE datname = current_database()",
        );
        let (sampled, row) = join(clock.sample(pool), within(row.fetch_one(pool))).await;
        self.up.set(i64::from(row.is_ok()));
        let row = row?;
        for (name, gauge) in &self.gauges {
            gauge.set(row.try_get(name)?);
        }
        for (name, counter) in &self.counters {
            counter.follow(u64::try_from(row.try_get::<i64, _>(name)?).unwrap_or(0));
        }
        sampled.map(|()| false)
    }
}
