//! The names of the services.

use std::fmt;

/// The four services, and the storefront in front of them.
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
    /// The pages, and the APIs of the services below `/api/`.
    Storefront,
}

impl ServiceName {
    /// The services: all that have an API of their own, an internal listener and a store.
    pub const ALL: [Self; 4] = [Self::User, Self::Verification, Self::Inventory, Self::Payment];
    /// The services, and the storefront after them.
    pub const WITH_STOREFRONT: [Self; 5] =
        [Self::User, Self::Verification, Self::Inventory, Self::Payment, Self::Storefront];

    /// The name, as in the name of the program.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Verification => "verification",
            Self::Inventory => "inventory",
            Self::Payment => "payment",
            Self::Storefront => "storefront",
        }
    }

    /// The port that the seed project defines for a service, or the storefront's.
    #[must_use]
    pub const fn seed_port(self) -> u16 {
        match self {
            Self::Payment => 8000,
            Self::Inventory => 8001,
            Self::User => 8002,
            Self::Verification => 8003,
            Self::Storefront => 8080,
        }
    }

    /// The public, management and internal port beside the seed's. The storefront has no internal
    /// one, which is 0.
    pub(crate) fn seed_ports(self) -> [u16; 3] {
        let public = self.seed_port();
        [public, public + 100, if self == Self::Storefront { 0 } else { public + 200 }]
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
