//! One service of the shop, as a process.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::time::sleep;

use crate::{binaries::ours, child_guard::ChildGuard, http};

/// A running service, with everything needed to start it again.
pub struct Service {
    process: ChildGuard,
    program: PathBuf,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    log: PathBuf,
    /// The public port.
    pub port: u16,
    pub management_port: u16,
    pub internal_port: u16,
}

impl Service {
    /// Starts `program` of this workspace with only `environment`, which contains the ports.
    pub fn start(program: &str, environment: BTreeMap<String, String>, log: &Path) -> Result<Self> {
        Self::start_as(program, &[], environment, log)
    }

    /// Does the same as [`start`](Self::start), with these arguments.
    pub fn start_as(
        program: &str,
        arguments: &[&str],
        environment: BTreeMap<String, String>,
        log: &Path,
    ) -> Result<Self> {
        let program = ours(program)?;
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let port = |name: &str| environment.get(name).and_then(|port| port.parse().ok()).unwrap_or(0);
        let [port, management_port, internal_port] =
            ["SERVICE_PORT", "MANAGEMENT_PORT", "INTERNAL_PORT"].map(port);
        let process = launch(&program, &arguments, &environment, log)?;
        let log = log.to_owned();
        Ok(Self { process, program, arguments, environment, log, port, management_port, internal_port })
    }

    /// The process, for tests that watch it.
    pub fn process(&mut self) -> &mut ChildGuard {
        &mut self.process
    }

    /// Waits until the service reports that it is ready.
    pub async fn ready(&mut self, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        loop {
            let answer = http::get(self.management_port, "/ready").await;
            if matches!(answer, Some((200, _))) {
                return Ok(());
            }
            if let Some(status) = self.process.ended() {
                bail!(
                    "{} ended ({status}):\n{}",
                    self.program.display(),
                    self.process.last_lines(20).join("\n")
                );
            }
            ensure!(Instant::now() < deadline, "{} is not ready: {answer:?}", self.program.display());
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Returns the exit status if the process has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.process.ended()
    }

    /// Returns the last `count` lines of the log.
    #[must_use]
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        self.process.last_lines(count)
    }

    /// Waits until the process has ended by itself, and returns its exit status.
    pub async fn died(&mut self, limit: Duration) -> Result<ExitStatus> {
        self.process.wait(limit).await?;
        self.ended().context("it has ended")
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&mut self, name: &str) -> Result<()> {
        self.ended();
        self.process.signal(name)
    }

    /// Stops the process in place (SIGSTOP).
    pub fn pause(&mut self) -> Result<()> {
        self.process.pause()
    }

    /// Continues a paused process (SIGCONT).
    pub fn resume(&mut self) -> Result<()> {
        self.process.resume()
    }

    /// Kills the process as a crash would. A process that is dead already is no error.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill().await
    }

    /// Starts the service again, with the same environment.
    pub fn start_again(&mut self) -> Result<()> {
        self.start_with(&[])
    }

    /// Starts the service again, with the same environment and, for this run alone, `extra` (such
    /// as `FAIL_POINT`).
    pub fn start_with(&mut self, extra: &[(&str, &str)]) -> Result<()> {
        ensure!(self.ended().is_some(), "{} still runs", self.program.display());
        let mut environment = self.environment.clone();
        environment.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.process = launch(&self.program, &self.arguments, &environment, &self.log)?;
        Ok(())
    }

    /// Stops the service.
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await
    }
}

fn launch(
    program: &Path,
    arguments: &[String],
    environment: &BTreeMap<String, String>,
    log: &Path,
) -> Result<ChildGuard> {
    let mut command = Command::new(program);
    command.args(arguments).envs(environment);
    ChildGuard::start(&command, None, log)
}
