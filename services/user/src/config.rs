//! The service's own settings.

use estore_kit::{
    config::{ConfigError, Env},
    seal::KeyRing,
};
use secrecy::{ExposeSecret, SecretString};
use time::Duration;

use crate::{domain::Peppers, store::sessions::Lifetimes};

const EXAMPLE: &str = "(at least 32 random characters)";

/// The keys that sign access tokens.
pub(crate) struct JwtSecrets {
    /// Signs and checks.
    pub(crate) current: SecretString,
    /// Only checks: what was signed before a rotation stays good until it expires.
    pub(crate) previous: Option<SecretString>,
}

impl JwtSecrets {
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let current = env.secret("JWT_SECRET", EXAMPLE)?;
        let previous = env.optional_secret("JWT_SECRET_PREVIOUS")?;
        for (name, secret) in [("JWT_SECRET", Some(&current)), ("JWT_SECRET_PREVIOUS", previous.as_ref())] {
            // RFC 7518, section 3.2: a key as long as the hash at least.
            if secret.is_some_and(|secret| secret.expose_secret().len() < 32) {
                return Err(ConfigError::new(name, "is too short (32 bytes at least)", EXAMPLE));
            }
        }
        Ok(Self { current, previous })
    }
}

/// How long logins last: 30 days at most, and 14 without being used, unless said; and for how long a repeated refresh gets its answer.
pub(crate) fn lifetimes(env: &Env) -> Result<Lifetimes, ConfigError> {
    const DAY: u32 = 24 * 60 * 60;
    let absolute = env.or("SESSION_SECONDS", 30 * DAY, "2592000")?;
    let idle = env.or("SESSION_IDLE_SECONDS", (14 * DAY).min(absolute), "1209600")?;
    if !(1..=30 * DAY).contains(&absolute) {
        return Err(ConfigError::new("SESSION_SECONDS", "must be 1 to 2592000 (30 days)", "2592000"));
    }
    if !(1..=absolute).contains(&idle) {
        return Err(ConfigError::new("SESSION_IDLE_SECONDS", "must be 1 to SESSION_SECONDS", "1209600"));
    }
    let leeway = env.or("REFRESH_LEEWAY_SECONDS", 10, "10")?;
    if !(0..=60).contains(&leeway) {
        return Err(ConfigError::new("REFRESH_LEEWAY_SECONDS", "must be 0 (off) to 60", "10"));
    }
    let [absolute, idle, leeway] = [absolute, idle, leeway].map(|seconds| Duration::seconds(seconds.into()));
    Ok(Lifetimes { absolute, idle, leeway })
}

/// How long an account waits for its address to be proven before it is removed: 7 days, unless said.
pub(crate) fn unverified(env: &Env) -> Result<Duration, ConfigError> {
    const NAME: &str = "UNVERIFIED_ACCOUNT_SECONDS";
    const EXAMPLE: &str = "604800";
    let seconds = env.or(NAME, 604_800_u32, EXAMPLE)?;
    // A link is good for a day from when its mail is sent, and a mail is tried for a day.
    if !(172_800..=31_536_000).contains(&seconds) {
        return Err(ConfigError::new(NAME, "must be 172800 (2 days) to 31536000 (a year)", EXAMPLE));
    }
    Ok(Duration::seconds(seconds.into()))
}

/// What passwords are hashed with.
pub(crate) fn peppers(env: &Env) -> Result<Peppers, ConfigError> {
    const NAME: &str = "PASSWORD_PEPPERS";
    Ok(Peppers::new(env.optional_secret(NAME)?.map(|ring| KeyRing::parse(NAME, &ring)).transpose()?))
}
