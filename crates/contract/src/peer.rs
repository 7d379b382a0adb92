//! The names by which the services know each other on the internal listeners.

use std::fmt;

/// A service that may call another's internal routes. Its certificate carries [`PeerName::dns`] as
/// its one DNS name, in every deployment: addresses change, names do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeerName {
    /// The User Service.
    User,
    /// The Verification Service.
    Verification,
    /// The Inventory Service.
    Inventory,
    /// The Payment Service.
    Payment,
    /// The job that migrates and seeds.
    Bootstrap,
    /// The program of a demo that causes faults.
    Chaos,
}

impl PeerName {
    /// Every peer.
    pub const ALL: [Self; 6] =
        [Self::User, Self::Verification, Self::Inventory, Self::Payment, Self::Bootstrap, Self::Chaos];

    /// Returns the short name, as in paths and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Verification => "verification",
            Self::Inventory => "inventory",
            Self::Payment => "payment",
            Self::Bootstrap => "bootstrap",
            Self::Chaos => "chaos",
        }
    }

    /// Returns the DNS name in the peer's certificate.
    #[must_use]
    pub const fn dns(self) -> &'static str {
        match self {
            Self::User => "user.estore.internal",
            Self::Verification => "verification.estore.internal",
            Self::Inventory => "inventory.estore.internal",
            Self::Payment => "payment.estore.internal",
            Self::Bootstrap => "bootstrap.estore.internal",
            Self::Chaos => "chaos.estore.internal",
        }
    }

    /// Returns the peer whose certificate carries `dns`.
    #[must_use]
    pub fn from_dns(dns: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|peer| peer.dns() == dns)
    }
}

impl fmt::Display for PeerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
