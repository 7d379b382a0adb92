//! How a shop is started.

use std::path::PathBuf;

use anyhow::{Result, anyhow, ensure};

use super::{ServiceName, Settings};
use crate::ports::ensure_free;

/// How to start a shop.
pub struct Options {
    /// Where its data and logs are kept.
    pub directory: PathBuf,
    /// The project's root, with `migrations/` and `catalog/`.
    pub project: PathBuf,
    /// Which ports.
    pub ports: Ports,
    /// Whether Postgres survives a crash of the machine; Redis always does.
    pub durable: bool,
    /// How many processes of each service, 1 at least. Where there are more, a load balancer is in front of them.
    pub replicas: u16,
    /// Whether there is a proxy in each [`Link`](super::Link).
    pub proxied: bool,
    /// How the services speak with Postgres and Redis.
    pub stores: Stores,
    /// What chance decides in the proxies follows from it.
    pub seed: u64,
    /// Whether there is what faults take: a Redis user `operator` who may do everything, and a clock of Redis's own.
    pub faults: bool,
    /// How many mails the mailbox keeps, the newest.
    pub mails_kept: usize,
    /// Whether requests are limited.
    pub limits: Limits,
    /// Settings beside the usual ones.
    pub settings: Settings,
    /// The first admin's address and password.
    pub admin: (String, String),
    /// Told what is being started.
    pub progress: Box<dyn Fn(&str) + Send + Sync>,
}

/// Which ports a shop listens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// The seed's: 8000 to 8003; 1025 and 8025 for the mailbox.
    Seed,
    /// Any free ones.
    Free,
}

/// Whether too many requests are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// By the services' own limits, or those in the settings.
    On,
    /// Never: for those who hammer.
    Off,
}

/// How stores are spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stores {
    /// In the open.
    Plain,
    /// By TLS, with the password beside the URL.
    Encrypted,
}

impl Options {
    pub(super) fn are_stores_encrypted(&self) -> bool {
        self.stores == Stores::Encrypted
    }

    /// Whether a shop can be started so.
    pub(super) fn check(&self) -> Result<()> {
        ensure!(self.replicas > 0, "a shop without a process of each service is none");
        ensure!(self.replicas == 1 || self.ports == Ports::Free, "the seed's ports are those of one process");
        self.ports.check()
    }
}

impl Ports {
    fn check(self) -> Result<()> {
        if self == Self::Free {
            return Ok(());
        }
        let services =
            ServiceName::ALL.into_iter().flat_map(|name| [0, 100, 200].map(|by| name.seed_port() + by));
        ensure_free(services.chain([1025, 8025]))
            .map_err(|taken| anyhow!("{taken}; or take other ports with --free-ports"))
    }

    pub(super) fn smtp(self) -> u16 {
        if self == Self::Seed { 1025 } else { 0 }
    }

    pub(super) fn mail_page(self) -> u16 {
        if self == Self::Seed { 8025 } else { 0 }
    }
}
