//! The options of a shop.

use std::path::PathBuf;

use anyhow::{Result, anyhow, ensure};

use super::{ServiceName, Settings};
use crate::ports::ensure_free;

/// The options for the start of a shop.
pub struct Options {
    /// The directory of data and logs.
    pub directory: PathBuf,
    /// The project's root, with `migrations/` and `catalog/`.
    pub project: PathBuf,
    /// The ports to listen on.
    pub ports: Ports,
    /// Set if Postgres must survive a crash of the machine; Redis always does.
    pub durable: bool,
    /// The number of processes of each service, at least 1. If there are more, a load balancer is
    /// in front of them.
    pub replicas: u16,
    /// Set if each [`Link`](super::Link) has a proxy.
    pub proxied: bool,
    /// The transport between the services and Postgres and Redis.
    pub stores: Stores,
    /// The seed of random decisions in the proxies.
    pub seed: u64,
    /// Set if tests inject faults: Redis then has a user `operator` with all rights, and its own
    /// clock.
    pub faults: bool,
    /// The number of emails that the mailbox keeps; it drops the oldest.
    pub mails_kept: usize,
    /// Request limits on or off.
    pub limits: Limits,
    /// Settings beside the usual ones.
    pub settings: Settings,
    /// The email address and password of the first admin.
    pub admin: (String, String),
    /// Receives a line for each step of the start.
    pub progress: Box<dyn Fn(&str) + Send + Sync>,
}

/// The ports of a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// The ports of the seed project: 8000 to 8003, with 1025 and 8025 for the mailbox, and 8080
    /// for the storefront. Management ports are 100 above, internal ones 200.
    Seed,
    /// Any free ports.
    Free,
}

/// The request limits of a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// The limits of the services, or those in the settings.
    On,
    /// No limits, for load tests.
    Off,
}

/// The transport to the stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stores {
    /// Unencrypted.
    Plain,
    /// TLS, with the password beside the URL.
    Encrypted,
}

impl Options {
    pub(super) fn are_stores_encrypted(&self) -> bool {
        self.stores == Stores::Encrypted
    }

    /// Fails if a shop cannot start with these options.
    pub(super) fn check(&self) -> Result<()> {
        ensure!(self.replicas > 0, "replicas must be at least 1");
        ensure!(self.replicas == 1 || self.ports == Ports::Free, "several replicas need free ports");
        self.ports.check()
    }
}

impl Ports {
    fn check(self) -> Result<()> {
        if self == Self::Free {
            return Ok(());
        }
        let ports = ServiceName::WITH_STOREFRONT.into_iter().flat_map(ServiceName::seed_ports);
        ensure_free(ports.filter(|port| *port > 0).chain([1025, 8025]))
            .map_err(|taken| anyhow!("{taken}; or take other ports with --free-ports"))
    }

    pub(super) fn smtp(self) -> u16 {
        if self == Self::Seed { 1025 } else { 0 }
    }

    pub(super) fn mail_page(self) -> u16 {
        if self == Self::Seed { 8025 } else { 0 }
    }
}
