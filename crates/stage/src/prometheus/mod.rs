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

use crate::{binaries::installed, http, leash::Leashed, ports, shop::ServiceName};
pub use query::{Alert, Queries, Series, Target};

/// How long it may take to read its data and be ready.
const PATIENCE: Duration = Duration::from_mins(1);
/// What is kept: whichever ends first.
const KEPT: [(&str, &str); 2] =
    [("--storage.tsdb.retention.time", "1d"), ("--storage.tsdb.retention.size", "256MB")];

/// What a Prometheus reads, and how often.
pub struct Scraping {
    /// How often metrics are read and rules evaluated.
    pub interval: Duration,
    /// The management port of each process.
    pub targets: Vec<(ServiceName, u16)>,
    /// A file of rules, where there is one.
    pub rules: Option<PathBuf>,
    /// Where it listens; any free port where that is `None`.
    pub port: Option<u16>,
}

/// A server of our own, which nobody but this machine reaches.
pub struct Prometheus {
    process: Leashed,
    directory: PathBuf,
    /// Where it listens.
    pub port: u16,
}

impl Prometheus {
    /// Starts on the data in `directory`, and waits until it answers. It may not have read anything yet.
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

    /// The process, to be watched.
    pub fn process(&mut self) -> &mut Leashed {
        &mut self.process
    }

    /// The configuration that it runs with.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.directory.join("prometheus.yml")
    }

    /// How it is asked.
    #[must_use]
    pub fn queries(&self) -> Queries {
        Queries::at(self.port)
    }

    /// Kills it as a crash would; it may be dead already.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill().await
    }

    /// Starts it again on the same data and port.
    pub async fn start_again(&mut self) -> Result<()> {
        ensure!(self.process.ended().is_some(), "Prometheus still runs");
        self.process = launch(&self.directory, self.port)?;
        self.ready().await
    }

    /// Stops it.
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await
    }
}

fn launch(directory: &Path, port: u16) -> Result<Leashed> {
    let mut server = Command::new(installed(&["prometheus"])?);
    server.arg("--config.file").arg(directory.join("prometheus.yml"));
    server.arg("--storage.tsdb.path").arg(directory.join("data"));
    server.args(KEPT.into_iter().flat_map(|(name, value)| [name, value]));
    server.args(["--web.listen-address", &format!("127.0.0.1:{port}"), "--log.level", "warn"]);
    Leashed::start(server.current_dir(directory), None, &directory.join("prometheus.log"))
}
