//! The open-model generator as a process of its own, so that its CPU time is separate from the
//! services'.

use std::{env, process::Stdio, time::Duration};

use anyhow::{Context, Result, ensure};
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

use super::{Latency, Plan};

/// The number of connections, and so the maximum of requests in flight.
const CONNECTIONS: u16 = 192;
/// The time that a run may take beyond its seconds.
const GRACE: Duration = Duration::from_secs(30);

pub(super) async fn run(plan: &Plan, rate: f64, seconds: u32) -> Result<Latency> {
    let mut pace = Command::new(env::current_exe()?);
    pace.args(["pace", &rate.to_string(), &seconds.to_string(), &CONNECTIONS.to_string()]);
    pace.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
    let mut child = pace.spawn()?;
    let mut stdin = child.stdin.take().context("the generator's input")?;
    stdin.write_all(serde_json::to_string(plan)?.as_bytes()).await?;
    drop(stdin);
    let limit = Duration::from_secs((seconds * 2).into()) + GRACE;
    let output = timeout(limit, child.wait_with_output()).await.context("the generator does not end")??;
    ensure!(output.status.success(), "the generator failed ({})", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}
