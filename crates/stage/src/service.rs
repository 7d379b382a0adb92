//! One of our services, as a process.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
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
}

impl Service {
    /// Starts `program` with nothing but `environment`, in which its ports are.
    pub(crate) fn start(program: &str, environment: BTreeMap<String, String>, log: &Path) -> Result<Self> {
        let program = ours(program)?;
        let port = |name: &str| environment.get(name).and_then(|port| port.parse().ok()).unwrap_or(0);
        let (port, management_port) = (port("SERVICE_PORT"), port("MANAGEMENT_PORT"));
        let process = launch(&program, &environment, log)?;
        Ok(Self { process, program, environment, log: log.to_owned(), port, management_port })
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
            sleep(Duration::from_millis(25)).await;
        }
    }

    /// Kills it as a crash would.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.signal("KILL")?;
        self.process.wait(Duration::from_secs(10)).await
    }

    /// Starts it again, with the same environment.
    pub fn start_again(&mut self) -> Result<()> {
        self.process = launch(&self.program, &self.environment, &self.log)?;
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
