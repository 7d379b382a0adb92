//! `STRIPE_API_BASE` and `STRIPE_API_KEY`.

use std::time::Duration;

use estore_kit::config::{ConfigError, Env};
use secrecy::SecretString;

use super::{DEADLINE, Stripe, api::Api};

impl Stripe {
    /// The gateway that the settings name.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let base: String = env.or("STRIPE_API_BASE", "https://api.stripe.com".to_owned(), "https://…")?;
        Self::new(&base, &env.secret("STRIPE_API_KEY", "sk_test_…")?, DEADLINE)
    }

    /// The API at `base`: `https://`, or `http://` on this machine. A call that takes longer than `deadline` is unknown.
    pub fn new(base: &str, key: &SecretString, deadline: Duration) -> Result<Self, ConfigError> {
        Ok(Self { api: Api::new(base, key, deadline)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_setting_is_named_and_no_secret_is_told() {
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
