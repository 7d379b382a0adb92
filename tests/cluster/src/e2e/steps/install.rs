//! An installation from nothing: one command makes everything ready, and `helm test` places an
//! order.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::trial::Trial;

/// The time within which one command must make everything ready.
const LIMIT: Duration = Duration::from_mins(2);

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    let began = Instant::now();
    trial.release.install().await?;
    let took = began.elapsed();
    ensure!(took < LIMIT, "everything was ready only after {took:.0?}");
    Ok(vec![format!("everything was ready {:.0} s after helm install", took.as_secs_f64())])
}

pub(super) async fn test(trial: &mut Trial) -> Result<Vec<String>> {
    trial.release.test().await?;
    Ok(vec!["helm test ordered one, and gave it back".to_owned()])
}
