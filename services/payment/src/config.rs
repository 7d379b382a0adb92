//! The service's own settings.

use std::time::Duration;

use estore_kit::{
    config::{ConfigError, Env},
    seal::KeyRing,
};
use secrecy::SecretString;

/// The most that `MAX_PAYMENT_METHODS` may be.
pub(crate) const MOST_METHODS: u32 = 1_000_000;

/// What operators can set.
#[derive(Clone)]
pub(crate) struct Config {
    /// Seals card numbers.
    pub(crate) card_keys: KeyRing,
    /// The setting that they are read from, of which other keys are derived.
    pub(crate) card_secret: SecretString,
    /// Whether money moves (`GATEWAY=stripe`); otherwise the sandbox plays with it.
    pub(crate) uses_stripe: bool,
    /// Whether a wrong check digit is refused (`CARD_LUHN=enforce`).
    pub(crate) enforce_luhn: bool,
    /// The Redis database of the sandbox's books, where it is not that of the orders.
    pub(crate) gateway_database: Option<i64>,
    /// How long an order that nobody works on waits for the next worker.
    pub(crate) lease: Duration,
    /// How long an order that holds no stock yet is tried.
    pub(crate) hold: Duration,
    /// How old an order is when it is compared with Inventory's journal.
    pub(crate) reconcile_after: Duration,
    /// The most orders under way for each user.
    pub(crate) most_open_orders: u32,
    /// The most pieces in them.
    pub(crate) most_open_units: u32,
    /// The most saved cards of each user.
    pub(crate) most_methods: u32,
}

impl Config {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let keys = env.secret("CARD_KEYS", "k1:<base64 of 32 random bytes>")?;
        let luhn: String = env.or("CARD_LUHN", "record".to_owned(), "enforce")?;
        if !matches!(luhn.as_str(), "record" | "enforce") {
            return Err(ConfigError::new("CARD_LUHN", "must be record or enforce", "enforce"));
        }
        let gateway: String = env.or("GATEWAY", "sandbox".to_owned(), "sandbox")?;
        if !matches!(gateway.as_str(), "sandbox" | "stripe") {
            return Err(ConfigError::new("GATEWAY", "must be sandbox or stripe", "sandbox"));
        }
        Ok(Self {
            card_keys: KeyRing::parse("CARD_KEYS", &keys)?,
            card_secret: keys,
            uses_stripe: gateway == "stripe",
            enforce_luhn: luhn == "enforce",
            gateway_database: env.optional("GATEWAY_REDIS_DB", "2")?,
            lease: env.seconds("LEASE_SECONDS", 10.0, "10")?,
            hold: env.seconds("HOLD_SECONDS", 120.0, "120")?,
            reconcile_after: env.seconds("RECONCILE_AFTER_SECONDS", 600.0, "600")?,
            most_open_orders: env.or("MAX_OPEN_ORDERS", 50, "50")?,
            most_open_units: env.or("MAX_OPEN_UNITS", 10_000, "10000")?,
            most_methods: most_methods(env)?,
        })
    }
}

fn most_methods(env: &Env) -> Result<u32, ConfigError> {
    let most = env.or("MAX_PAYMENT_METHODS", 20, "20")?;
    if (1..=MOST_METHODS).contains(&most) {
        Ok(most)
    } else {
        Err(ConfigError::new("MAX_PAYMENT_METHODS", "must be from 1 to 1000000", "20"))
    }
}
