//! How a shop is started.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use anyhow::{Result, bail};

use crate::ports::is_free;

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
    /// Settings of the services beside the usual ones.
    pub settings: BTreeMap<String, String>,
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

impl Ports {
    pub(super) fn check(self) -> Result<()> {
        if self == Self::Free {
            return Ok(());
        }
        let services =
            ServiceName::ALL.into_iter().flat_map(|name| [0, 100, 200].map(|by| name.seed_port() + by));
        match services.chain([1025, 8025]).find(|port| !is_free(*port)) {
            Some(port) => bail!("port {port} is taken; stop what listens there, then start again"),
            None => Ok(()),
        }
    }

    pub(super) fn smtp(self) -> u16 {
        if self == Self::Seed { 1025 } else { 0 }
    }

    pub(super) fn mail_page(self) -> u16 {
        if self == Self::Seed { 8025 } else { 0 }
    }
}

/// The four services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceName {
    /// The User Service.
    User,
    /// The Verification Service.
    Verification,
    /// The Inventory Service.
    Inventory,
    /// The Payment Service.
    Payment,
}

impl ServiceName {
    /// Every service.
    pub const ALL: [Self; 4] = [Self::User, Self::Verification, Self::Inventory, Self::Payment];

    /// Its name, as in its program's.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Verification => "verification",
            Self::Inventory => "inventory",
            Self::Payment => "payment",
        }
    }

    /// The seed's port.
    #[must_use]
    pub const fn seed_port(self) -> u16 {
        match self {
            Self::Payment => 8000,
            Self::Inventory => 8001,
            Self::User => 8002,
            Self::Verification => 8003,
        }
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
