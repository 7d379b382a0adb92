//! One of our services, as a process.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::time::sleep;

use crate::{binaries::ours, http, leash::Leashed};

/// A running service, and what it takes to start it again.
pub struct Service {
    process: Leashed,
    program: PathBuf,
    environment: BTreeMap<String, String>,
    log: PathBuf,
    /// Its public port.
    pub port: u16,
    /// Its management port.
    pub management_port: u16,
    /// Its internal port.
    pub internal_port: u16,
}

impl Service {
    /// Starts `program` with nothing but `environment`, in which its ports are.
    pub(crate) fn start(program: &str, environment: BTreeMap<String, String>, log: &Path) -> Result<Self> {
        let program = ours(program)?;
        let port = |name: &str| environment.get(name).and_then(|port| port.parse().ok()).unwrap_or(0);
        let [port, management_port, internal_port] =
            ["SERVICE_PORT", "MANAGEMENT_PORT", "INTERNAL_PORT"].map(port);
        let process = launch(&program, &environment, log)?;
        Ok(Self { process, program, environment, log: log.to_owned(), port, management_port, internal_port })
    }

    /// The process, to be watched.
    pub fn process(&mut self) -> &mut Leashed {
        &mut self.process
    }

    /// Waits until it says that it is ready.
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

    /// How it ended, where it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.process.ended()
    }

    /// Its last `count` lines.
    #[must_use]
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        self.process.last_lines(count)
    }

    /// Waits until it has ended by itself, and says how.
    pub async fn died(&mut self, limit: Duration) -> Result<ExitStatus> {
        self.process.wait(limit).await?;
        self.ended().context("it has ended")
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&mut self, name: &str) -> Result<()> {
        self.ended();
        self.process.signal(name)
    }

    /// Stops it where it stands (SIGSTOP).
    pub fn pause(&mut self) -> Result<()> {
        self.process.pause()
    }

    /// Lets it go on (SIGCONT).
    pub fn resume(&mut self) -> Result<()> {
        self.process.resume()
    }

    /// Kills it as a crash would; it may be dead already.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill().await
    }

    /// Starts it again, with the same environment.
    pub fn start_again(&mut self) -> Result<()> {
        self.start_with(&[])
    }

    /// Starts it again, with the same environment and, for this time alone, `extra` (such as `FAIL_POINT`).
    pub fn start_with(&mut self, extra: &[(&str, &str)]) -> Result<()> {
        ensure!(self.ended().is_some(), "{} still runs", self.program.display());
        let mut environment = self.environment.clone();
        environment.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.process = launch(&self.program, &environment, &self.log)?;
        Ok(())
    }

    /// Stops it.
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await
    }
}

fn launch(program: &Path, environment: &BTreeMap<String, String>, log: &Path) -> Result<Leashed> {
    let mut command = Command::new(program);
    command.envs(environment);
    Leashed::start(&command, None, log)
}
