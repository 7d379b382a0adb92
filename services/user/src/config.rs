//! The service's own settings.

use estore_kit::config::{ConfigError, Env};
use secrecy::{ExposeSecret, SecretString};

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
