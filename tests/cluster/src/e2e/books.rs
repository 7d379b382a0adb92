//! The final content of the stores, compared with the answers that the buyers got.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use estore_faults::{
    checker::{CheckOptions, Findings, Hot, When, examine},
    history::Op,
    stores::{self, Snapshot},
};
use estore_shopper::Ended;
use estore_tests::connect_to_store;
use redis::{AsyncCommands, Client, TlsCertificates};
use tokio::time::sleep;

use crate::{
    cluster::{Cluster, RELEASE},
    forward::Forward,
};

/// The time within which everything must be final (order-flow section 6).
const LIMIT: Duration = Duration::from_mins(3);

/// The sets that must be empty: name, database and key.
const QUIET: [(&str, usize, &str); 4] = [
    ("orders and refunds", 0, "{pay}:work"),
    ("holds", 1, "{inv}:due"),
    ("mails", 0, "{pay}:mail"),
    ("orders to reconcile", 0, "{pay}:unsettled"),
];

/// Redis, through a port of this machine, by the user that may read everything.
pub(crate) struct Books {
    _forward: Forward,
    databases: [Client; 2],
}

impl Books {
    pub(crate) async fn open(cluster: &Cluster) -> Result<Self> {
        let forward = Forward::open(cluster, &format!("pod/{RELEASE}-redis-0"), 6379).await?;
        let port = forward.port;
        let password = cluster.secret(&format!("{RELEASE}-redis"), "admin-password").await?;
        let authority = cluster.secret(&format!("{RELEASE}-redis-tls"), "ca.crt").await.ok();
        let tls = cluster.kubectl(&["get", "configmap", &format!("{RELEASE}-redis"), "-o", "yaml"]).await?;
        let tls = tls.contains("tls-port");
        let open = |database: u8| match &authority {
            Some(authority) if tls => Client::build_with_tls(
                format!("rediss://admin:{password}@localhost:{port}/{database}"),
                TlsCertificates { client_tls: None, root_cert: Some(authority.clone().into_bytes()) },
            ),
            _ => Client::open(format!("redis://admin:{password}@127.0.0.1:{port}/{database}")),
        };
        Ok(Self { _forward: forward, databases: [open(0)?, open(1)?] })
    }

    /// Reads both databases.
    pub(crate) async fn read(&self) -> Result<Snapshot> {
        stores::read_by(&self.databases[0], &self.databases[1]).await
    }

    /// Waits until no order, refund, hold or email is in progress. Returns the duration.
    pub(crate) async fn quiet(&self) -> Result<Duration> {
        let began = Instant::now();
        let mut databases = Vec::new();
        for client in &self.databases {
            databases.push(connect_to_store(client).await?);
        }
        loop {
            let mut open = Vec::new();
            for (what, database, key) in QUIET {
                let connection = databases.get_mut(database).context("a database")?;
                let count: u64 = connection.zcard(key).await?;
                if count > 0 {
                    open.push((what, count));
                }
            }
            if open.is_empty() {
                return Ok(began.elapsed());
            }
            ensure!(began.elapsed() < LIMIT, "not quiet in time: {open:?} are still open");
            sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Waits until nothing is in progress, and checks every equation on the stores and the buyers'
/// history.
pub(crate) async fn check(
    cluster: &Cluster,
    ops: &[Op],
    ended: &Ended,
    seen: &mut Vec<Hot>,
) -> Result<String> {
    seen.extend(ended.hot.iter().map(|(sku, units)| Hot { sku: sku.clone(), units: *units, faults: false }));
    let books = Books::open(cluster).await?;
    let quiet = books.quiet().await?;
    let snapshot = books.read().await?;
    let options =
        CheckOptions { hot: seen.clone(), faults_ended_ms: Some(ended.at_ms), ..CheckOptions::default() };
    let found: Findings = examine(&snapshot, ops, When::Quiet, &options);
    if !found.violations.is_empty() {
        bail!("{} equations do not hold:\n{}", found.violations.len(), found.report(ops));
    }
    ensure!(ended.forbidden.is_empty(), "{}", ended.forbidden.join("\n"));
    let alarms = found.alarms.len();
    Ok(format!(
        "every equation holds for {} orders and {} operations, {} of which ended unknown and were settled; quiet {:.1} s after; {alarms} alarms",
        snapshot.orders.len(),
        ops.len(),
        ended.settled,
        quiet.as_secs_f64(),
    ))
}
