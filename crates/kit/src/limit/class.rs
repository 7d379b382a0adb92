//! What is counted together, and for whom.

/// A kind of route. Routes of one kind share their buckets, at each service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Reads of the catalogue, and of what is the caller's.
    Reads,
    /// Changes of what is the caller's.
    Writes,
    /// Orders: money moves.
    Orders,
    /// Saving cards.
    Cards,
    /// Opening accounts.
    Register,
    /// Logging in.
    Login,
    /// What asks a caller for the password once more.
    Password,
    /// What takes a token from a mail, and could be used to guess one.
    Codes,
    /// What sends mail to somebody who has not logged in.
    Mails,
    /// New tokens for old.
    Refresh,
    /// What only admins may do.
    Admin,
}

/// For whom cells are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A client address: one of IPv4, or a /64 of IPv6.
    Address,
    /// An account: a user's id, or, where nobody is logged in yet, an e-mail address, whether or not it has an account.
    Account,
    /// An account at a client address from which its owner logged in before: nobody elsewhere can use these cells up.
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

    /// As it is called in metrics, headers and documents.
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

    /// Whether the address is charged before anything else is done. A login charges it together with the account.
    pub(super) const fn charges_address_first(self) -> bool {
        !matches!(self, Self::Login)
    }

    /// Whether the account is charged once it is known, by the guard. Orders and cards charge it together with the card.
    pub(super) const fn charges_account_when_known(self) -> bool {
        matches!(self, Self::Writes | Self::Password | Self::Admin)
    }
}
