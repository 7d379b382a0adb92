//! The services' names.

use std::fmt;

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
