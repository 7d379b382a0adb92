//! A restore of Redis from a backup. Data from before the backup is there, later data is gone, and
//! the shop continues.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::time::sleep;

use crate::{
    books::Books,
    cluster::{Cluster, RELEASE, SERVICES},
    trial::Trial,
};

/// Orders a second.
const RATE: f64 = 10.0;
/// The time that buyers order before the backup, and after it.
const AROUND: Duration = Duration::from_secs(4);

/// Runs last: afterwards buyers have orders in their history that the shop has lost.
pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    trial.release.upgrade("backup.enabled=true,archive.enabled=true").await?;
    let cluster = trial.cluster.clone();
    orders(trial).await?;
    let (ended, _) = trial.settle().await?;
    let known = trial.driver().await?.ops();
    let kept = count(&cluster).await?;
    job(&cluster, "backup").await?;
    orders(trial).await?;
    trial.settle().await?;
    let lost = count(&cluster).await?.checked_sub(kept).context("orders went away by themselves")?;
    ensure!(lost > 0, "nobody ordered anything after the backup");

    for name in SERVICES {
        scale(&cluster, "deployment", name, "0").await?;
    }
    scale(&cluster, "statefulset", "redis", "0").await?;
    let gone = format!("pod/{RELEASE}-redis-0");
    cluster.kubectl(&["wait", "--for=delete", &gone, "--timeout=90s"]).await?;
    job(&cluster, "restore-redis").await?;
    scale(&cluster, "statefulset", "redis", "1").await?;
    cluster.rolled_out("redis").await?;
    for name in SERVICES {
        scale(&cluster, "deployment", name, "2").await?;
    }
    cluster.rolled_out("user").await?;
    let report = job(&cluster, "after-restore").await?;
    ensure!(report.contains("the services become ready"), "the restore went unnoticed:\n{report}");
    for name in SERVICES {
        cluster.rolled_out(name).await?;
    }
    let now = count(&cluster).await?;
    ensure!(now == kept, "{kept} orders were in the backup, and {now} are there");
    let checked = trial.check(&known, &ended).await?;
    trial.release.test().await.context("an order after the restore")?;
    let archived = job(&cluster, "archive").await?;
    Ok(vec![
        format!("{kept} orders were in the backup and {lost} came after it; after the restore {checked}"),
        format!("the archive says: {}", archived.lines().last().unwrap_or_default()),
    ])
}

async fn orders(trial: &mut Trial) -> Result<()> {
    trial.driver().await?.begin(RATE, 0).await?;
    sleep(AROUND).await;
    Ok(())
}

async fn count(cluster: &Cluster) -> Result<usize> {
    let books = Books::open(cluster).await?;
    books.quiet().await?;
    Ok(books.read().await?.orders.len())
}

async fn scale(cluster: &Cluster, kind: &str, name: &str, replicas: &str) -> Result<()> {
    let replicas = format!("--replicas={replicas}");
    cluster.kubectl(&["scale", kind, &format!("{RELEASE}-{name}"), &replicas]).await?;
    Ok(())
}

/// Runs a `CronJob` now, and returns its output.
async fn job(cluster: &Cluster, name: &str) -> Result<String> {
    let (job, from) = (format!("job/e2e-{name}"), format!("--from=cronjob/{RELEASE}-{name}"));
    cluster.kubectl(&["create", "job", &from, &format!("e2e-{name}")]).await?;
    let done = cluster.kubectl(&["wait", "--for=condition=complete", &job, "--timeout=120s"]).await;
    let said = cluster.kubectl(&["logs", "--all-containers", &job]).await?;
    done.with_context(|| format!("{name}:\n{said}"))?;
    Ok(said)
}
