//! The store: `estore-local up --no-limits`, or one that runs already.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use estore_testbed::{ChildGuard, Postgres};
use tokio::time::sleep;

use crate::machine::{Memory, bytes_below, resident};

/// The time limit of a start: it imports a catalogue, or loads a million orders.
const LIMIT: Duration = Duration::from_mins(15);
/// Settings that admit all load from one address and one customer.
const SETTINGS: [(&str, &str); 5] = [
    ("MAX_OPEN_ORDERS", "1000"),
    ("MAX_OPEN_UNITS", "1000000"),
    ("MAX_REQUESTS", "1024"),
    ("MAX_REQUESTS_PER_ADDRESS", "1024"),
    ("LOG_FORMAT", "json"),
];
/// Environment variables passed on from this process.
const PASSED: [&str; 4] = ["PATH", "HOME", "RUST_LOG", "TMPDIR"];

/// A store, with the ports of its User, Inventory and Payment Services.
pub(crate) struct Store {
    pub(crate) ports: [u16; 3],
    /// `None` for a store that this process did not start.
    process: Option<ChildGuard>,
    directory: PathBuf,
    /// The time from the start until the last service was ready.
    pub(crate) took: Duration,
}

impl Store {
    /// Starts a store on the data in `directory`, with the catalogue in `catalogue` and the
    /// programs in `programs`.
    #[expect(clippy::disallowed_methods, reason = "a benchmark is no service")]
    pub(crate) async fn start(programs: &Path, directory: &Path, catalogue: &Path) -> Result<Self> {
        let program = programs.join("estore-local");
        ensure!(program.is_file(), "{} is missing: build the store, or give --bin", program.display());
        let mut command = Command::new(program);
        command.arg("--dir").arg(directory).args(["up", "--no-limits", "--free-ports"]);
        command.env("CATALOG_DIR", catalogue).envs(SETTINGS);
        command.envs(PASSED.iter().filter_map(|name| Some((name, env::var_os(name)?))));
        let log = directory.with_extension("log");
        // The addresses are read from the lines of this start.
        if log.exists() {
            std::fs::remove_file(&log)?;
        }
        let began = Instant::now();
        let mut process = ChildGuard::hold(&command, &log)?;
        let ports = loop {
            if let Some(ports) = addresses(&process.last_lines(60)) {
                break ports;
            }
            if let Some(status) = process.ended() {
                bail!("the store ended ({status}):\n{}", process.last_lines(20).join("\n"));
            }
            ensure!(began.elapsed() < LIMIT, "the store is not up:\n{}", process.last_lines(5).join("\n"));
            sleep(Duration::from_millis(20)).await;
        };
        Ok(Self { ports, process: Some(process), directory: directory.to_owned(), took: began.elapsed() })
    }

    /// Returns a running store, by the addresses of its User, Inventory and Payment Services.
    pub(crate) fn running(ports: [u16; 3]) -> Self {
        Self { ports, process: None, directory: PathBuf::new(), took: Duration::ZERO }
    }

    /// Erases the data in `directory`, and also data placed elsewhere.
    pub(crate) async fn erase(programs: &Path, directory: &Path) -> Result<()> {
        let mut reset = tokio::process::Command::new(programs.join("estore-local"));
        let output = reset.arg("--dir").arg(directory).arg("reset").output().await?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{} was not erased: {said}", directory.display());
        Ok(())
    }

    /// Returns the resident memory of each of its programs.
    pub(crate) fn memory(&self) -> Result<Memory> {
        resident(self.process.as_ref().context("a store of our own")?.pid())
    }

    /// Returns the bytes of Redis's files and of Postgres's.
    pub(crate) fn disk(&self) -> Result<[u64; 2]> {
        let [redis, postgres] = ["redis", "postgres"].map(|part| self.directory.join(part));
        Ok([redis, Postgres::home(&postgres)?].map(|directory| bytes_below(&directory)))
    }

    /// Stops the store if this process started it; the data stays.
    pub(crate) async fn stop(mut self) -> Result<()> {
        match &mut self.process {
            Some(process) => process.stop().await,
            None => Ok(()),
        }
    }
}

/// Parses the ports from the lines that a store prints when it is up.
fn addresses(lines: &[String]) -> Option<[u16; 3]> {
    // The last line means that all lines are there.
    lines.iter().find(|line| line.starts_with("Logs and data are in "))?;
    let port = |service: &str| {
        let line = lines.iter().find(|line| line.trim_start().starts_with(service))?;
        let (_, rest) = line.split_once("http://localhost:")?;
        rest.split_once('/')?.0.parse().ok()
    };
    Some([port("User ")?, port("Inventory ")?, port("Payment ")?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_once_complete() {
        let text = "E-Store is up.\n\n  User          http://localhost:15002/docs\n  Inventory     http://localhost:15001/docs\n  Payment       http://localhost:15000/docs\n  Mailbox       http://localhost:8025\n";
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(addresses(&lines(text)), None);
        let whole = format!("{text}\nLogs and data are in target/x. Ctrl-C stops everything\n");
        assert_eq!(addresses(&lines(&whole)), Some([15002, 15001, 15000]));
    }
}
