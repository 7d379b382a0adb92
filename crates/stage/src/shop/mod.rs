//! The whole shop on one machine.

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

/// How long a service that was started again may take to be ready.
const PATIENCE: Duration = Duration::from_mins(1);

/// The stores, the mailbox and the four services. All of it ends when this is dropped.
pub struct Shop {
    services: BTreeMap<ServiceName, Vec<Service>>,
    /// The shop's Redis.
    pub redis: Redis,
    /// The shop's Postgres.
    pub postgres: Postgres,
    /// Where its mails go.
    pub mailbox: Mailbox,
    environment: Environment,
    directory: PathBuf,
}

impl Shop {
    /// Runs the bootstrap job; it can run again at any time.
    pub async fn bootstrap(&self) -> Result<String> {
        self.bootstrap_with(&["run"], &[]).await
    }

    /// The same with another command, and with `extra` settings (such as `FAIL_POINT`); what it said.
    pub async fn bootstrap_with(&self, arguments: &[&str], extra: &[(&str, &str)]) -> Result<String> {
        start::bootstrap(&self.environment, &self.directory, arguments, extra, &|_| ()).await
    }

    /// One of the services; where it has several processes, the first.
    pub fn service(&mut self, name: ServiceName) -> &mut Service {
        self.replica(name, 0)
    }

    /// One process of a service, from 0.
    ///
    /// # Panics
    /// Where the shop was started with fewer.
    #[expect(clippy::expect_used, reason = "the caller has said how many there are")]
    pub fn replica(&mut self, name: ServiceName, index: u16) -> &mut Service {
        let all = self.services.get_mut(&name);
        all.and_then(|all| all.get_mut(usize::from(index))).expect("so many replicas")
    }

    /// Starts one more process of a service, on ports of its own and with `settings` beside the usual ones. Nobody is sent to it, so
    /// what is done to it does no harm to others.
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

    /// How many processes each service has.
    #[must_use]
    pub fn replicas(&self) -> u16 {
        self.services.values().next().and_then(|all| u16::try_from(all.len()).ok()).unwrap_or(0)
    }

    /// Restarts a service's processes one after the other, as an update would: each gets no new connections, is told to
    /// stop, and is sent some again once it is ready. Where there is one alone, nobody serves meanwhile.
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

    /// The proxy in a link.
    ///
    /// # Panics
    /// Where the shop was started without proxies.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the caller has said that there are proxies")]
    pub fn link(&self, link: Link) -> &Proxy {
        self.environment.network.link(link).expect("a shop with proxies")
    }

    /// Where clients reach a service: the process itself, or the load balancer in front of several.
    #[must_use]
    pub fn url(&self, name: ServiceName) -> String {
        format!("http://127.0.0.1:{}", self.environment.port(name))
    }

    /// The management port of each process of each service: where its health and metrics are.
    #[must_use]
    pub fn management_ports(&self) -> Vec<(ServiceName, u16)> {
        let each = self.services.iter().flat_map(|(name, all)| all.iter().map(move |one| (*name, one)));
        each.map(|(name, process)| (name, process.management_port)).collect()
    }

    /// The URL of a database of Redis for one of its users (`observer`, `operator` where the shop has faults, a service),
    /// by no link.
    #[must_use]
    pub fn redis_url(&self, user: &str, db: u8) -> String {
        self.redis.url(user, db)
    }

    /// What a service was started with, such as the secrets that must not leak.
    #[must_use]
    pub fn environment(&self, name: ServiceName) -> BTreeMap<String, String> {
        self.environment.of(name, 0)
    }

    /// What the bootstrap job is started with.
    #[must_use]
    pub fn bootstrap_environment(&self) -> BTreeMap<String, String> {
        self.environment.of_bootstrap()
    }

    /// The directory with its data and logs.
    #[must_use]
    pub fn directory(&self) -> &PathBuf {
        &self.directory
    }

    /// Stops everything, the stores last.
    pub async fn stop(&mut self) -> Result<()> {
        for service in self.services.values_mut().flatten() {
            service.stop().await?;
        }
        self.redis.stop().await?;
        self.postgres.stop().await
    }

    /// Ends what an earlier run on `directory` left behind, and tells `say` of it. Nobody else uses the directory meanwhile.
    pub async fn clear(directory: &Path, say: &(dyn Fn(&str) + Send + Sync)) -> Result<()> {
        let directory = fs::canonicalize(directory).with_context(|| directory.display().to_string())?;
        let postgres = Postgres::home(&directory.join("postgres"))?;
        earlier::Places { directory: &directory, postgres: &postgres }.clear(say).await
    }

    /// Erases what was kept in `directory`.
    pub fn erase(directory: &Path) -> Result<()> {
        Postgres::erase(&directory.join("postgres"))?;
        if directory.exists() {
            fs::remove_dir_all(directory).with_context(|| directory.display().to_string())?;
        }
        Ok(())
    }
}
