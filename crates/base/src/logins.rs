//! Password rotation at run time: the changes of a store's login, each used once the store accepts
//! it.
//!
//! Kubernetes brings a changed Secret to the store's pod and to its clients' pods at different
//! times. Bootstrap sets a password in Postgres later still.

use std::{fmt::Display, time::Duration};

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio::time::sleep;

use crate::{
    config::{ConfigError, Env, Setting},
    reloadable::{Fingerprint, period},
};

/// The settings of one login, and those of them that are in use.
pub struct Login {
    store: &'static str,
    /// The changing part, as the log names it.
    part: &'static str,
    env: Env,
    settings: Vec<Setting>,
    period: Duration,
    used: Fingerprint,
    is_logged: bool,
}

impl Login {
    /// Takes `settings` as they are now for those in use.
    pub fn new(
        store: &'static str,
        part: &'static str,
        env: &Env,
        settings: &[Setting],
    ) -> Result<Self, ConfigError> {
        let settings = settings.to_vec();
        let used = fingerprint(env, &settings)?;
        Ok(Self { store, part, env: env.clone(), settings, period: period(env)?, used, is_logged: false })
    }

    /// Waits for `TLS_RELOAD_SECONDS` (10). Returns the fingerprint of settings that are not in
    /// use.
    pub async fn change(&self) -> Option<Fingerprint> {
        sleep(self.period).await;
        fingerprint(&self.env, &self.settings).ok().filter(|found| *found != self.used)
    }

    /// Notes the result of a login with the settings of this fingerprint, and logs each once.
    pub fn tried(&mut self, found: Fingerprint, result: Result<(), impl Display>) {
        let (store, part) = (self.store, self.part);
        match result {
            Ok(()) => {
                (self.used, self.is_logged) = (found, false);
                tracing::info!("new {part} of {store} is in use");
            }
            Err(error) if !self.is_logged => {
                self.is_logged = true;
                tracing::warn!(%error, "{store} does not accept the new {part} yet; keeping the old one");
            }
            Err(error) => tracing::debug!(%error, "{store} does not accept the new {part} yet"),
        }
    }
}

fn fingerprint(env: &Env, settings: &[Setting]) -> Result<Fingerprint, ConfigError> {
    let mut digest = Sha256::new();
    for setting in settings {
        if let Some(value) = env.optional_secret(setting)? {
            digest.update(setting.name);
            digest.update(value.expose_secret());
        }
    }
    Ok(digest.finalize().into())
}
