//! The service's own settings.

use std::time::Duration;

use estore_base::{
    config::{ConfigError, Env, Setting, Settings},
    seal::KeyRing,
};
use estore_client::{INVENTORY_SERVICE_URL, USER_SERVICE_URL, VERIFICATION_SERVICE_URL};
use estore_stores::redis;
use secrecy::SecretString;

use crate::gateway::STRIPE_SETTINGS;

/// The upper limit of `MAX_PAYMENT_METHODS`.
pub(crate) const MOST_METHODS: u32 = 1_000_000;

const CARD_KEYS: Setting = Setting::secret(
    "CARD_KEYS",
    "Encrypts card numbers: `id:base64 of 32 bytes`, comma-separated; the first key encrypts, every key \
     decrypts ([how to rotate them](operations.md#rotate-the-card-keys)).",
)
.example("k1:<base64 of 32 random bytes>");
const CARD_LUHN: Setting = Setting::choice(
    "CARD_LUHN",
    &["record", "enforce"],
    "Whether a card number with a wrong check digit, such as the seed's own, is saved or refused.",
)
.default("record")
.example("enforce");
const GATEWAY: Setting = Setting::choice(
    "GATEWAY",
    &["sandbox", "stripe"],
    "Gateway of card payments; see [stripe.md](stripe.md).",
)
.default("sandbox");
const GATEWAY_REDIS_DB: Setting =
    Setting::number("GATEWAY_REDIS_DB", "Redis database of the sandbox's books.")
        .computed("`REDIS_DB`")
        .example("2");
const LEASE_SECONDS: Setting = Setting::seconds(
    "LEASE_SECONDS",
    "Time that an order on which nobody works waits for the next worker; may have a fraction.",
)
.default("10");
const HOLD_SECONDS: Setting = Setting::seconds(
    "HOLD_SECONDS",
    "Time for which an order that holds no stock yet is retried; may have a fraction. Inventory must have \
     the same.",
)
.default("120");
const RECONCILE_AFTER_SECONDS: Setting = Setting::seconds(
    "RECONCILE_AFTER_SECONDS",
    "Age at which an order is compared with the stock journal; may have a fraction.",
)
.default("600");
const MAX_OPEN_ORDERS: Setting = Setting::number(
    "MAX_OPEN_ORDERS",
    "Maximum number of orders in progress for each user; one more is answered with 429.",
)
.default("50");
const MAX_OPEN_UNITS: Setting = Setting::number(
    "MAX_OPEN_UNITS",
    "Maximum number of units in these orders. A request above it is answered with 429, and an order that \
     alone has more units with 422.",
)
.default("10000");
const MAX_PAYMENT_METHODS: Setting = Setting::number(
    "MAX_PAYMENT_METHODS",
    "Maximum number of saved cards for each user; one more is answered with 409 `too_many_payment_methods`.",
)
.default("20")
.range(1, MOST_METHODS as u64);

const PUBLIC_ACTIVITY: Setting = Setting::switch(
    "PUBLIC_ACTIVITY",
    "Whether `GET /activity` shows the latest orders to anybody, without personal data. For demonstrations.",
);

const FAULTS: Setting = Setting::switch(
    "FAULTS",
    "Whether faults can be switched on for a demo: of the sandbox gateway, and between this service and \
     Inventory ([chaos.md](chaos.md)).",
);

/// The settings of this service beyond those that every service has.
pub const SETTINGS: Settings = Settings {
    title: "Payment",
    lists: &[
        &[USER_SERVICE_URL, VERIFICATION_SERVICE_URL, INVENTORY_SERVICE_URL],
        redis::SETTINGS,
        &[redis::REDIS_DB, CARD_KEYS, CARD_LUHN, GATEWAY, GATEWAY_REDIS_DB],
        STRIPE_SETTINGS,
        &[
            LEASE_SECONDS,
            HOLD_SECONDS,
            RECONCILE_AFTER_SECONDS,
            MAX_OPEN_ORDERS,
            MAX_OPEN_UNITS,
            MAX_PAYMENT_METHODS,
            FAULTS,
            PUBLIC_ACTIVITY,
        ],
    ],
};

/// The settings that operators can change.
#[derive(Clone)]
pub(crate) struct Config {
    /// Encrypts card numbers.
    pub(crate) card_keys: KeyRing,
    /// The setting that `card_keys` is read from. Other keys are derived from it.
    pub(crate) card_secret: SecretString,
    /// The gateway (`GATEWAY`), and its faults on demand.
    pub(crate) gateway: Gateway,
    /// Rejects card numbers with a wrong check digit (`CARD_LUHN=enforce`).
    pub(crate) enforce_luhn: bool,
    /// The Redis database of the sandbox gateway, if it differs from that of the orders.
    pub(crate) gateway_database: Option<i64>,
    /// The time after which a worker may take up an order that nobody works on.
    pub(crate) lease: Duration,
    /// The time for which the service retries an order that holds no stock yet.
    pub(crate) hold: Duration,
    /// The age at which the reconciler compares an order with Inventory's journal.
    pub(crate) reconcile_after: Duration,
    /// The maximum number of orders in progress for each user.
    pub(crate) most_open_orders: u32,
    /// The maximum number of units in those orders.
    pub(crate) most_open_units: u32,
    /// The maximum number of saved cards for each user.
    pub(crate) most_methods: u32,
    /// Shows the latest orders to anybody.
    pub(crate) public_activity: bool,
}

/// The gateway of card payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gateway {
    /// Stripe: real money moves.
    Stripe,
    /// The sandbox, which simulates a gateway.
    Sandbox,
    /// The sandbox, with faults that the component `chaos` switches on.
    Faulty,
}

impl Gateway {
    fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let name: String = env.get(&GATEWAY)?;
        match (name.as_str(), env.flag(&FAULTS)?) {
            ("stripe", false) => Ok(Self::Stripe),
            ("stripe", true) => {
                let problem = "must be false with GATEWAY=stripe, because no fault may meet real money";
                Err(ConfigError::new(FAULTS.name, problem, "false"))
            }
            (_, false) => Ok(Self::Sandbox),
            (_, true) => Ok(Self::Faulty),
        }
    }
}

impl Config {
    /// Returns true if faults can be switched on.
    pub(crate) fn has_faults(&self) -> bool {
        self.gateway == Gateway::Faulty
    }

    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let keys = env.secret(&CARD_KEYS)?;
        let luhn: String = env.get(&CARD_LUHN)?;
        Ok(Self {
            card_keys: KeyRing::parse(CARD_KEYS.name, &keys)?,
            card_secret: keys,
            gateway: Gateway::from_env(env)?,
            enforce_luhn: luhn == "enforce",
            gateway_database: env.optional(&GATEWAY_REDIS_DB)?,
            lease: env.seconds(&LEASE_SECONDS)?,
            hold: env.seconds(&HOLD_SECONDS)?,
            reconcile_after: env.seconds(&RECONCILE_AFTER_SECONDS)?,
            most_open_orders: env.get(&MAX_OPEN_ORDERS)?,
            most_open_units: env.get(&MAX_OPEN_UNITS)?,
            most_methods: env.get(&MAX_PAYMENT_METHODS)?,
            public_activity: env.flag(&PUBLIC_ACTIVITY)?,
        })
    }
}
