//! The service's own settings.

use estore_base::{
    config::{ConfigError, Env, Setting, Settings},
    seal::KeyRing,
};
use estore_client::{PAYMENT_SERVICE_URL, VERIFICATION_SERVICE_URL};
use estore_server::SHOP_NAME;
use estore_stores::pg;
use secrecy::{ExposeSecret, SecretString};
use time::Duration;

use crate::{passwords::Peppers, store::sessions::Lifetimes};

const JWT_SECRET: Setting = Setting::secret("JWT_SECRET", "Signs access tokens; 32 bytes at least.")
    .example("(at least 32 random characters)");
const JWT_SECRET_PREVIOUS: Setting = Setting::secret(
    "JWT_SECRET_PREVIOUS",
    "Another secret whose tokens are accepted, during a [rotation](operations.md#rotate-jwt_secret).",
)
.optional()
.example("(at least 32 random characters)");
const PASSWORD_PEPPERS: Setting = Setting::secret(
    "PASSWORD_PEPPERS",
    "Secrets that go into the hashes of passwords: `id:base64 of 32 bytes`, comma-separated; the first goes \
     into new hashes, every one verifies \
     ([how to rotate them](operations.md#rotate-the-keys-of-sessions-and-passwords)).",
)
.optional();
const SESSION_SECONDS: Setting = Setting::seconds("SESSION_SECONDS", "Time that a login lasts at most.")
    .default("2592000")
    .range(1, 2_592_000);
const SESSION_IDLE_SECONDS: Setting = Setting::seconds(
    "SESSION_IDLE_SECONDS",
    "Time that a login lasts without use, at most `SESSION_SECONDS`.",
)
.computed("`1209600`, or `SESSION_SECONDS` if that is less")
.example("1209600")
.at_least(1);
const REFRESH_LEEWAY_SECONDS: Setting = Setting::seconds(
    "REFRESH_LEEWAY_SECONDS",
    "Time for which a repeated refresh gets the answer of the first, so that two tabs keep their session; \
     0 turns it off.",
)
.default("10")
.range(0, 60);
const UNVERIFIED_ACCOUNT_SECONDS: Setting = Setting::seconds(
    "UNVERIFIED_ACCOUNT_SECONDS",
    "Time that an account may stay unverified before it is removed.",
)
.default("604800")
// A link is valid for a day after its email is sent, and sending is retried for a day.
.range(172_800, 31_536_000);

/// The settings of this service beyond those that every service has.
pub const SETTINGS: Settings = Settings {
    title: "User",
    lists: &[
        &[VERIFICATION_SERVICE_URL, PAYMENT_SERVICE_URL],
        pg::SETTINGS,
        &[
            JWT_SECRET,
            JWT_SECRET_PREVIOUS,
            PASSWORD_PEPPERS,
            SESSION_SECONDS,
            SESSION_IDLE_SECONDS,
            REFRESH_LEEWAY_SECONDS,
            UNVERIFIED_ACCOUNT_SECONDS,
            SHOP_NAME,
        ],
    ],
};

/// The secrets that sign access tokens.
pub(crate) struct JwtSecrets {
    /// Signs and verifies.
    pub(crate) current: SecretString,
    /// Only verifies: tokens signed before a rotation stay valid until they expire.
    pub(crate) previous: Option<SecretString>,
}

impl JwtSecrets {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let current = env.secret(&JWT_SECRET)?;
        let previous = env.optional_secret(&JWT_SECRET_PREVIOUS)?;
        for (setting, secret) in [(JWT_SECRET, Some(&current)), (JWT_SECRET_PREVIOUS, previous.as_ref())] {
            // RFC 7518, section 3.2: the key must be at least as long as the hash.
            if secret.is_some_and(|secret| secret.expose_secret().len() < 32) {
                return Err(setting.wrong("must have at least 32 bytes"));
            }
        }
        Ok(Self { current, previous })
    }
}

/// Reads the lifetimes of sessions. The defaults are 30 days at most, and 14 days without use. Also
/// reads how long a repeated refresh gets the same answer.
pub(crate) fn lifetimes(env: &Env) -> Result<Lifetimes, ConfigError> {
    const IDLE: u32 = 14 * 24 * 60 * 60;
    let absolute: u32 = env.get(&SESSION_SECONDS)?;
    let idle = env.optional(&SESSION_IDLE_SECONDS)?.unwrap_or_else(|| IDLE.min(absolute));
    if idle > absolute {
        return Err(SESSION_IDLE_SECONDS.wrong(format!("must be 1 to SESSION_SECONDS; got {idle}")));
    }
    let leeway = env.get(&REFRESH_LEEWAY_SECONDS)?;
    let [absolute, idle, leeway] = [absolute, idle, leeway].map(|seconds| Duration::seconds(seconds.into()));
    Ok(Lifetimes { absolute, idle, leeway })
}

/// Reads the time after which an account with an unverified address is removed: 7 days by default.
pub(crate) fn unverified(env: &Env) -> Result<Duration, ConfigError> {
    Ok(Duration::seconds(env.get::<u32>(&UNVERIFIED_ACCOUNT_SECONDS)?.into()))
}

/// Reads the peppers that passwords are hashed with.
pub(crate) fn peppers(env: &Env) -> Result<Peppers, ConfigError> {
    let ring = env.optional_secret(&PASSWORD_PEPPERS)?;
    Ok(Peppers::new(ring.map(|ring| KeyRing::parse(PASSWORD_PEPPERS.name, &ring)).transpose()?))
}
