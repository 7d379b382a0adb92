//! The classes and scopes by which requests are counted.

/// A class of routes. Routes of one class share their buckets, within each service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Reads of the catalogue, and of the caller's own data.
    Reads,
    /// Changes of the caller's own data.
    Writes,
    /// Orders, which move money.
    Orders,
    /// Saving cards.
    Cards,
    /// Opening accounts.
    Register,
    /// Logging in.
    Login,
    /// Routes that ask for the caller's password once more.
    Password,
    /// Routes that accept a token from an email, and could be used to guess one.
    Codes,
    /// Routes that send email to somebody who is not logged in.
    Mails,
    /// Exchanges of refresh tokens.
    Refresh,
    /// Routes for admins only.
    Admin,
}

/// The kind of owner whose cells are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A client address: an IPv4 address, or an IPv6 /64.
    Address,
    /// An account. It is a user's id or, before login, an email address, with or without an
    /// account.
    Account,
    /// An account at a known network, from which its owner logged in before. Nobody elsewhere can
    /// use up these cells.
    Familiar,
    /// A card.
    Card,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 11] = [
        Self::Reads,
        Self::Writes,
        Self::Orders,
        Self::Cards,
        Self::Register,
        Self::Login,
        Self::Password,
        Self::Codes,
        Self::Mails,
        Self::Refresh,
        Self::Admin,
    ];

    /// Returns the name in metrics, headers and documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::Orders => "orders",
            Self::Cards => "cards",
            Self::Register => "register",
            Self::Login => "login",
            Self::Password => "password",
            Self::Codes => "codes",
            Self::Mails => "mails",
            Self::Refresh => "refresh",
            Self::Admin => "admin",
        }
    }

    /// Returns true if the address is charged before any other work. A login charges it together
    /// with the account.
    pub(super) const fn charges_address_first(self) -> bool {
        !matches!(self, Self::Login)
    }

    /// Returns true if answers report the quota of this scope. The buckets of an account that
    /// somebody tries to log in to would reveal whether it exists and knows the network.
    pub(super) const fn reports(self, scope: Scope) -> bool {
        !matches!(self, Self::Login) || matches!(scope, Scope::Address)
    }

    /// Returns true if the guard charges the account once it is known. Orders and cards charge it
    /// together with the card.
    pub(super) const fn charges_account_when_known(self) -> bool {
        matches!(self, Self::Writes | Self::Password | Self::Admin)
    }
}
