//! Certificates and keys in settings: the PEM text itself, or the path of a PEM file.

use secrecy::{ExposeSecret, SecretString};

use crate::config::{ConfigError, Env, Setting};

/// A valid value, as error messages show it.
pub const EXAMPLE: &str = "/etc/estore/tls/…";

/// Returns the PEM text of the setting.
pub fn required(env: &Env, setting: &Setting) -> Result<SecretString, ConfigError> {
    optional(env, setting)?.ok_or_else(|| setting.wrong("is not set"))
}

/// Returns the PEM text of the setting, if it is present.
pub fn optional(env: &Env, setting: &Setting) -> Result<Option<SecretString>, ConfigError> {
    let Some(value) = env.optional_secret(setting)? else { return Ok(None) };
    if value.expose_secret().starts_with("-----BEGIN") {
        return Ok(Some(value));
    }
    let text = std::fs::read_to_string(value.expose_secret());
    text.map(|text| Some(SecretString::from(text)))
        .map_err(|error| setting.wrong(format!("cannot be read ({error})")))
}
