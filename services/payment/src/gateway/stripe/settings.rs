//! The settings `STRIPE_API_BASE` and `STRIPE_API_KEY`.

use std::time::Duration;

use estore_base::config::{ConfigError, Env, Setting};
use secrecy::SecretString;

use super::{DEADLINE, Stripe, api::Api};

pub(super) const STRIPE_API_BASE: Setting = Setting::address(
    "STRIPE_API_BASE",
    "Address of Stripe's API; `http://` is allowed for this machine alone.",
)
.default("https://api.stripe.com")
.example("https://…");
pub(super) const STRIPE_API_KEY: Setting =
    Setting::secret("STRIPE_API_KEY", "Key of that API, required if `GATEWAY` is `stripe`.")
        .optional()
        .example("sk_test_…");

/// The settings of this gateway.
pub(crate) const SETTINGS: &[Setting] = &[STRIPE_API_BASE, STRIPE_API_KEY];

impl Stripe {
    /// Creates the gateway that the settings name.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let base: String = env.get(&STRIPE_API_BASE)?;
        Self::new(&base, &env.secret(&STRIPE_API_KEY)?, DEADLINE)
    }

    /// Creates a gateway for the API at `base`: `https://`, or `http://` on this machine. The
    /// outcome of a call that takes longer than `deadline` is unknown.
    pub fn new(base: &str, key: &SecretString, deadline: Duration) -> Result<Self, ConfigError> {
        Ok(Self { api: Api::new(base, key, deadline)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_setting_is_named_without_secrets() {
        let error = |settings: &[(&str, &str)]| {
            Stripe::from_env(&settings.iter().copied().collect()).err().map(|error| error.to_string())
        };
        let here = "http://127.0.0.1:1";
        assert_eq!(error(&[("STRIPE_API_BASE", here), ("STRIPE_API_KEY", "sk_test_1")]), None);
        for (settings, name) in [
            (vec![("STRIPE_API_BASE", here)], "STRIPE_API_KEY "),
            (vec![("STRIPE_API_BASE", here), ("STRIPE_API_KEY", "sk_hunter2\nx")], "STRIPE_API_KEY "),
            (
                vec![("STRIPE_API_BASE", "http://api.stripe.com"), ("STRIPE_API_KEY", "sk_hunter2")],
                "STRIPE_API_BASE ",
            ),
            (vec![("STRIPE_API_BASE", "stripe"), ("STRIPE_API_KEY", "sk_hunter2")], "STRIPE_API_BASE "),
        ] {
            let said = error(&settings).unwrap();
            assert!(said.starts_with(name) && !said.contains("hunter2"), "{said}");
        }
    }
}
