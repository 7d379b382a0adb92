//! A private Prometheus, which reads the metrics of a shop.

mod config;
mod query;
#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::time::sleep;

use crate::{binaries::installed, child_guard::ChildGuard, http, ports, shop::ServiceName};
pub use query::{Alert, Queries, Series, Target};

/// The time that Prometheus has to read its data and become ready.
const PATIENCE: Duration = Duration::from_mins(1);
/// The limits of the kept data; the one that is reached first applies.
const KEPT: [(&str, &str); 2] =
    [("--storage.tsdb.retention.time", "1d"), ("--storage.tsdb.retention.size", "256MB")];

/// The targets of a Prometheus, and the interval at which it reads them.
pub struct Scraping {
    /// The interval at which metrics are read and rules are evaluated.
    pub interval: Duration,
    /// The management port of each process.
    pub targets: Vec<(ServiceName, u16)>,
    /// The name and the management port of each other program.
    pub others: Vec<(&'static str, u16)>,
    /// The file of alert rules, if any.
    pub rules: Option<PathBuf>,
    /// The port to listen on; any free port if `None`.
    pub port: Option<u16>,
}

/// A private server, which only this machine can reach.
pub struct Prometheus {
    process: ChildGuard,
    directory: PathBuf,
    /// The port on which the server listens.
    pub port: u16,
}

impl Prometheus {
    /// Starts on the data in `directory`, and waits until the server answers. It may not have read
    /// any metrics yet.
    pub async fn start(directory: &Path, scraping: &Scraping) -> Result<Self> {
        fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
        let directory = fs::canonicalize(directory)?;
        fs::write(directory.join("prometheus.yml"), config::text(scraping)?)?;
        let port = match scraping.port {
            Some(port) => {
                ports::ensure_free([port])?;
                port
            }
            None => ports::free_port()?,
        };
        let mut prometheus = Self { process: launch(&directory, port)?, directory, port };
        prometheus.ready().await?;
        Ok(prometheus)
    }

    async fn ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !matches!(http::get(self.port, "/-/ready").await, Some((200, _))) {
            if let Some(status) = self.process.ended() {
                bail!("Prometheus ended ({status}):\n{}", self.process.last_lines(10).join("\n"));
            }
            ensure!(Instant::now() < deadline, "Prometheus is not ready");
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// The server process, for tests that watch it.
    pub fn process(&mut self) -> &mut ChildGuard {
        &mut self.process
    }

    /// The path of the configuration file.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.directory.join("prometheus.yml")
    }

    /// Returns a client for queries.
    #[must_use]
    pub fn queries(&self) -> Queries {
        Queries::at(self.port)
    }

    /// Kills the server as a crash would. A server that is dead already is no error.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill().await
    }

    /// Starts the server again on the same data and port.
    pub async fn start_again(&mut self) -> Result<()> {
        ensure!(self.process.ended().is_some(), "Prometheus still runs");
        self.process = launch(&self.directory, self.port)?;
        self.ready().await
    }

    /// Stops the server.
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await
    }
}

fn launch(directory: &Path, port: u16) -> Result<ChildGuard> {
    let mut server = Command::new(installed(&["prometheus"])?);
    server.arg("--config.file").arg(directory.join("prometheus.yml"));
    server.arg("--storage.tsdb.path").arg(directory.join("data"));
    server.args(KEPT.into_iter().flat_map(|(name, value)| [name, value]));
    server.args(["--web.listen-address", &format!("127.0.0.1:{port}"), "--log.level", "warn"]);
    ChildGuard::start(server.current_dir(directory), None, &directory.join("prometheus.log"))
}
