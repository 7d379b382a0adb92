//! All user journeys, from a pod beside the shop: the unchanged tests of `tests/journeys`.

use anyhow::{Context, Result};
use tokio::fs;

use crate::{pods::SHOPPER, trial::Trial};

/// The path of the program in the shopper's pod.
const PROGRAM: &str = "/tmp/shop-tests";

pub(super) async fn run(trial: &mut Trial) -> Result<Vec<String>> {
    let tests = trial.tests.as_deref().context("the program of the tests is not given (E2E_TESTS)")?;
    let program = fs::read(tests).await.with_context(|| tests.display().to_string())?;
    trial.shopper().await?;
    let receive = ["exec", "-i", SHOPPER, "--", "/estore", "receive", PROGRAM];
    trial.cluster.kubectl_with(&receive, &program).await?;
    let run = ["exec", SHOPPER, "--", PROGRAM, "journeys::", "--test-threads=8"];
    let said = trial.cluster.kubectl(&run).await?;
    let result = said.lines().find(|line| line.starts_with("test result: ok")).context(said.clone())?;
    Ok(vec![result.to_owned()])
}
