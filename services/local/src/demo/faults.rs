//! Faults on demand: chaos, within this program.

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context, Result, ensure};
use estore_base::config::Env;
use estore_telemetry::Telemetry;

use super::processes::Processes;
use crate::{ports::Pair, running::Running, settings::Variables};

/// The certificate by which Payment knows chaos.
const NAME: &str = "chaos";
/// Each fault is a line at the terminal.
const LOG: [(&str, &str); 2] = [("LOG_FORMAT", "pretty"), ("RUST_LOG", "warn,estore_chaos=info")];

/// Causes faults on demand until a signal ends this program.
pub(crate) async fn run(running: &Arc<Running>, ports: Pair, given: Variables) -> Result<()> {
    let mut variables = running.shop().await.peer_environment(NAME);
    variables.extend(LOG.map(|(name, value)| (name.to_owned(), value.to_owned())));
    variables.extend(given);
    let own = [
        ("SERVICE_PORT", ports.public.to_string()),
        ("MANAGEMENT_PORT", ports.management.to_string()),
        ("LISTEN_ADDRESS", "127.0.0.1".to_owned()),
    ];
    variables.extend(own.map(|(name, value)| (name.to_owned(), value)));
    let env: Env = variables.into_iter().collect();
    // Keeps the lines coming until the end.
    let _lines = Telemetry::start(&env, NAME).context("the log of the faults")?;
    let platform = Arc::new(Processes::of(running));
    let code = estore_chaos::run_within(&env, platform).await.context("faults on demand")?;
    ensure!(code == ExitCode::SUCCESS, "faults on demand ended; the log above says why");
    Ok(())
}
