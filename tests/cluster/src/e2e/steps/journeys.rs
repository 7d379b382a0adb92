//! Everything that people do, from a pod beside the shop: the tests of `tests/journeys`, as they are.

use anyhow::{Context, Result};

use crate::{pods::SHOPPER, trial::Trial};

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    trial.shopper().await?;
    let exec = [
        "exec",
        SHOPPER,
        "--",
        "/shop-tests",
        "journeys::",
        "--test-threads=8",
        "--skip",
        "bootstrap_runs_again",
    ];
    let said = trial.cluster.kubectl(&exec).await?;
    let result = said.lines().find(|line| line.starts_with("test result: ok")).context(said.clone())?;
    Ok(vec![result.to_owned()])
}
