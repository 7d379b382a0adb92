//! A whole shop on one machine.

mod audit;
mod earlier;
mod environment;
mod links;
mod names;
mod options;
mod place;
mod settings;
mod start;

use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{
    mailbox::Mailbox, ports::free_port, postgres::Postgres, proxy::Proxy, redis::Redis, service::Service,
};
use environment::Environment;
pub use links::Link;
pub use names::ServiceName;
pub use options::{Limits, Options, Ports, Stores};
pub(crate) use place::ensure_room;
pub use place::prepare;
pub use settings::Settings;

/// The time that a restarted service has to become ready.
const PATIENCE: Duration = Duration::from_mins(1);

/// The file with the settings of `./dev audit`, which is there while the shop runs.
const AUDIT: &str = "audit.env";

/// The stores, the mailbox, the four services and the storefront. All of it ends when this value is
/// dropped.
pub struct Shop {
    services: BTreeMap<ServiceName, Vec<Service>>,
    /// The Redis of the shop.
    pub redis: Redis,
    /// The Postgres of the shop.
    pub postgres: Postgres,
    /// The mailbox that receives all emails.
    pub mailbox: Mailbox,
    environment: Environment,
    directory: PathBuf,
}

impl Shop {
    /// Runs the bootstrap job, which can run again at any time.
    pub async fn bootstrap(&self) -> Result<String> {
        self.bootstrap_with(&["run"], &[]).await
    }

    /// Runs the bootstrap job with another command, and with `extra` settings (such as
    /// `FAIL_POINT`). Returns its output.
    pub async fn bootstrap_with(&self, arguments: &[&str], extra: &[(&str, &str)]) -> Result<String> {
        start::bootstrap(&self.environment, &self.directory, arguments, extra, &|_| ()).await
    }

    /// Returns a service; if it has several processes, the first one.
    pub fn service(&mut self, name: ServiceName) -> &mut Service {
        self.replica(name, 0)
    }

    /// Returns one process of a service, counted from 0.
    ///
    /// # Panics
    /// If the shop was started with fewer processes.
    #[expect(clippy::expect_used, reason = "the caller has said how many there are")]
    pub fn replica(&mut self, name: ServiceName, index: u16) -> &mut Service {
        let all = self.services.get_mut(&name);
        all.and_then(|all| all.get_mut(usize::from(index))).expect("so many replicas")
    }

    /// Starts one more process of a service, on its own ports and with additional `settings`. No
    /// traffic is routed to it, so tests can harm it without effect on the others.
    pub fn another(&self, name: ServiceName, settings: &[(&str, &str)]) -> Result<Service> {
        let mut environment = self.environment(name);
        for port in ["SERVICE_PORT", "MANAGEMENT_PORT", "INTERNAL_PORT"] {
            environment.insert(port.to_owned(), free_port()?.to_string());
        }
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        environment.extend(settings);
        let log =
            environment.get("SERVICE_PORT").map_or_else(String::new, |port| format!("{name}-{port}.log"));
        Service::start(&format!("estore-{name}"), environment, &self.directory.join(log))
    }

    /// Returns the number of processes of each service.
    #[must_use]
    pub fn replicas(&self) -> u16 {
        self.services.values().next().and_then(|all| u16::try_from(all.len()).ok()).unwrap_or(0)
    }

    /// Restarts the processes of a service one after the other, as an update would. Each gets no
    /// new connections, stops, and gets connections again once it is ready. A service with one
    /// process serves nobody meanwhile.
    pub async fn rolling_restart(&mut self, name: ServiceName) -> Result<()> {
        for index in 0..self.replicas() {
            self.environment.network.leave_out(&self.environment.places, name, Some(index));
            let service = self.replica(name, index);
            service.stop().await?;
            service.start_again()?;
            service.ready(PATIENCE).await?;
            self.environment.network.leave_out(&self.environment.places, name, None);
        }
        Ok(())
    }

    /// Returns the proxy of a link.
    ///
    /// # Panics
    /// If the shop was started without proxies.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the caller has said that there are proxies")]
    pub fn link(&self, link: Link) -> &Proxy {
        self.environment.network.link(link).expect("a shop with proxies")
    }

    /// Returns the URL of a service for clients: the process itself, or the load balancer in front
    /// of several.
    #[must_use]
    pub fn url(&self, name: ServiceName) -> String {
        format!("http://127.0.0.1:{}", self.environment.port(name))
    }

    /// Lists the management port of each process of each service, which serves its health and
    /// metrics.
    #[must_use]
    pub fn management_ports(&self) -> Vec<(ServiceName, u16)> {
        let each = self.services.iter().flat_map(|(name, all)| all.iter().map(move |one| (*name, one)));
        each.map(|(name, process)| (name, process.management_port)).collect()
    }

    /// Returns the URL of a Redis database for one of its users, over no link. Users are
    /// `observer`, the services and, if the shop has faults, `operator`.
    #[must_use]
    pub fn redis_url(&self, user: &str, db: u8) -> String {
        self.redis.url(user, db)
    }

    /// Returns the environment of a service, such as the secrets that must not leak.
    #[must_use]
    pub fn environment(&self, name: ServiceName) -> BTreeMap<String, String> {
        self.environment.of(name, 0)
    }

    /// Returns the environment of a program beside the services: the addresses of the services and
    /// the certificate `name`, which `estore-bootstrap certificates` has written.
    #[must_use]
    pub fn peer_environment(&self, name: &str) -> BTreeMap<String, String> {
        self.environment.of_peer(name)
    }

    /// Returns the environment of the bootstrap job.
    #[must_use]
    pub fn bootstrap_environment(&self) -> BTreeMap<String, String> {
        self.environment.of_bootstrap()
    }

    /// Returns the environment of `bootstrap audit`, which has a user of its own in Redis.
    #[must_use]
    pub fn audit_environment(&self) -> BTreeMap<String, String> {
        self.environment.of_audit()
    }

    /// The directory of data and logs.
    #[must_use]
    pub fn directory(&self) -> &PathBuf {
        &self.directory
    }

    /// Stops everything, the stores last.
    pub async fn stop(&mut self) -> Result<()> {
        forget_audit(&self.directory)?;
        for service in self.services.values_mut().flatten() {
            service.stop().await?;
        }
        self.redis.stop().await?;
        self.postgres.stop().await
    }

    /// Ends the programs that an earlier run on `directory` left, and reports that to `say`. No
    /// other program may use the directory meanwhile.
    pub async fn clear(directory: &Path, say: &(dyn Fn(&str) + Send + Sync)) -> Result<()> {
        let directory = fs::canonicalize(directory).with_context(|| directory.display().to_string())?;
        let postgres = Postgres::home(&directory.join("postgres"))?;
        forget_audit(&directory)?;
        earlier::Places { directory: &directory, postgres: &postgres }.clear(say).await
    }

    /// Erases the data in `directory`.
    pub fn erase(directory: &Path) -> Result<()> {
        Postgres::erase(&directory.join("postgres"))?;
        if directory.exists() {
            fs::remove_dir_all(directory).with_context(|| directory.display().to_string())?;
        }
        Ok(())
    }
}

/// Removes the settings of the audit: nobody could read the stores of a shop that has stopped.
fn forget_audit(directory: &Path) -> Result<()> {
    match fs::remove_file(directory.join(AUDIT)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).context(AUDIT),
        _ => Ok(()),
    }
}
