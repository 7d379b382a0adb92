//! An upgrade that replaces every service pod under load, and its rollback: no request fails.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::time::sleep;

use crate::{counts::Counts, memory::Memory, trial::Trial};

/// Orders a second.
const RATE: f64 = 50.0;
/// The rate for debug programs. The pods that start need all of two cores for a minute. With three
/// times as many orders, half of them took 570 ms, and connections took longer than the limit.
const DEBUG_RATE: f64 = 5.0;
/// The share of steps that may find no buyer free, of 100. With debug programs on two busy cores it
/// was 31. With half of its load, a failed request would still show.
const LATE: u64 = 50;
/// The duration of the load before the upgrade, between, and after.
const AROUND: Duration = Duration::from_secs(5);

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    let rate = if trial.profile == "debug" { DEBUG_RATE } else { RATE };
    let from = trial.driver().await?.begin(rate, 0).await?;
    let began = Instant::now();
    let now = || from + u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let watch = |node| Memory::watch(trial.cluster.clone(), node, &trial.profile);
    let memory = trial.node.clone().map(watch);
    sleep(AROUND).await;
    let mut lines = Vec::new();
    trial.release.upgrade("defaults.podAnnotations.e2e=upgraded").await.context("helm upgrade")?;
    sleep(AROUND).await;
    let upgraded = now();
    trial.release.rollback().await.context("helm rollback")?;
    sleep(AROUND).await;
    let to = now();
    let (ended, checked) = trial.settle().await?;
    let ops = trial.driver().await?.ops();
    let parts = [("upgrade", from, upgraded), ("rollback", upgraded, to)];
    let mut failed = Vec::new();
    for (name, from, to) in parts {
        let counts = Counts::of(&ops, from, to);
        let rate = counts.orders as u64 * 1000 / (to - from).max(1);
        lines.push(format!("{name}: {rate} orders/s for {} s; {}", (to - from) / 1000, counts.line()));
        failed.extend(counts.failed);
    }
    if let Some(memory) = memory {
        let (line, over) = memory.end(&trial.cluster).await?;
        lines.push(line);
        failed.extend(over);
    } else {
        lines.push("memory was not looked at: nothing can be run on the node (E2E_NODE_EXEC)".to_owned());
    }
    lines.push(checked);
    ensure!(failed.is_empty(), "{}\nnot as it should be:\n{}", lines.join("\n"), failed.join("\n"));
    let late = ended.late * 100 / (ended.steps + ended.late).max(1);
    ensure!(
        late < LATE,
        "{}\n{late} of 100 orders found no buyer free: the rate was not kept",
        lines.join("\n")
    );
    Ok(lines)
}
