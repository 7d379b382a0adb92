//! Certificates and keys in settings: the PEM text itself, or the path of a file with it.

use secrecy::{ExposeSecret, SecretString};

use crate::config::{ConfigError, Env};

pub(crate) const EXAMPLE: &str = "/etc/estore/tls/…";

/// The PEM text of the setting `name`.
pub(crate) fn required(env: &Env, name: &'static str) -> Result<SecretString, ConfigError> {
    optional(env, name)?.ok_or_else(|| ConfigError::new(name, "is not set", EXAMPLE))
}

/// The same, where it is given.
pub(crate) fn optional(env: &Env, name: &'static str) -> Result<Option<SecretString>, ConfigError> {
    let Some(value) = env.optional_secret(name)? else { return Ok(None) };
    if value.expose_secret().starts_with("-----BEGIN") {
        return Ok(Some(value));
    }
    let text = std::fs::read_to_string(value.expose_secret());
    text.map(|text| Some(SecretString::from(text)))
        .map_err(|error| ConfigError::new(name, format!("cannot be read ({error})"), EXAMPLE))
}
