//! Values made from files that change at run time, such as certificates. A change of the content
//! makes a new value.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use arc_swap::ArcSwap;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio::{sync::Mutex, task::spawn_blocking, time::sleep};

use crate::{
    config::{ConfigError, Env, Setting},
    pem,
};

/// The time between two looks at files that may change.
pub const TLS_RELOAD_SECONDS: Setting = Setting::seconds(
    "TLS_RELOAD_SECONDS",
    "Time between two looks at the files of `TLS_CERT`, `TLS_KEY`, `TLS_CA` and `REDIS_TLS_CA`, and \
     at those of the stores' passwords.",
)
.default("10");

/// A value that is always the latest valid one. Cheap to clone; clones share it.
pub struct Reloadable<T>(Arc<ArcSwap<T>>);

impl<T> Clone for Reloadable<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone + Send + Sync + 'static> Reloadable<T> {
    /// Creates a value that never changes.
    #[must_use]
    pub fn fixed(value: T) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(value)))
    }

    /// Makes a value with `first` from `settings`, each PEM or the path of a PEM file. Makes a new
    /// value with `again` whenever their content has changed. The files are read every
    /// `TLS_RELOAD_SECONDS` (10), because Kubernetes replaces a mounted Secret by a symlink, which
    /// no watch on the file sees. If `again` fails, the old value stays and the error is logged
    /// once. `what` names the value in the log.
    pub fn new(
        what: &'static str,
        env: &Env,
        settings: &'static [Setting],
        first: impl FnOnce(&Env) -> Result<T, ConfigError>,
        again: impl Fn(&Env) -> Result<T, ConfigError> + Send + 'static,
    ) -> Result<Self, ConfigError> {
        let period = period(env)?;
        // Before the value is made, so that a change in between is noticed.
        let good = fingerprint(env, settings)?;
        let reloadable = Self::fixed(first(env)?);
        let watch = Watch { what, env: env.clone(), settings, again, good, bad: None };
        tokio::spawn(watch.run(Arc::downgrade(&reloadable.0), period));
        Ok(reloadable)
    }

    /// Returns true if there is another holder than the caller.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Replaces the value.
    pub fn put(&self, value: T) {
        self.0.store(Arc::new(value));
    }

    /// Replaces the value, unless it is no longer `old`.
    pub fn replace(&self, old: &Arc<T>, value: T) {
        let _found = self.0.compare_and_swap(old, Arc::new(value));
    }

    /// Returns the latest value.
    #[must_use]
    pub fn get(&self) -> T {
        T::clone(&self.0.load())
    }

    /// Returns the latest value, to [replace](Self::replace) it.
    #[must_use]
    pub fn latest(&self) -> Arc<T> {
        self.0.load_full()
    }
}

/// Serializes the checks, so that all share one blocking thread. Each such thread has its own
/// memory, and stays for a while.
static TURN: Mutex<()> = Mutex::const_new(());

/// A hash of settings, to see a change without a copy of them.
pub type Fingerprint = [u8; 32];

/// Returns the time between two looks at files.
pub fn period(env: &Env) -> Result<Duration, ConfigError> {
    Ok(Duration::from_secs(env.get(&TLS_RELOAD_SECONDS)?).max(Duration::from_millis(100)))
}

struct Watch<M> {
    what: &'static str,
    env: Env,
    settings: &'static [Setting],
    again: M,
    /// The fingerprint of the current value's source.
    good: Fingerprint,
    /// The fingerprint of the last rejected source, and true if the rejection was logged.
    bad: Option<(Fingerprint, bool)>,
}

impl<M> Watch<M> {
    /// Runs until nobody holds the value.
    async fn run<T>(mut self, slot: Weak<ArcSwap<T>>, period: Duration)
    where
        M: Fn(&Env) -> Result<T, ConfigError> + Send + 'static,
        T: Send + Sync + 'static,
    {
        loop {
            sleep(period).await;
            let turn = TURN.lock().await;
            let Ok((watch, made)) = spawn_blocking(move || {
                let made = self.look();
                (self, made)
            })
            .await
            else {
                return tracing::error!("certificate watcher failed; new certificates will not be loaded");
            };
            drop(turn);
            self = watch;
            let Some(slot) = slot.upgrade() else { return };
            if let Some(value) = made {
                slot.store(Arc::new(value));
                tracing::info!(of = self.what, "certificates reloaded");
            }
        }
    }

    fn look<T>(&mut self) -> Option<T>
    where
        M: Fn(&Env) -> Result<T, ConfigError>,
    {
        let seen = fingerprint(&self.env, self.settings);
        let refused = match seen {
            Ok(seen) if seen == self.good => {
                self.bad = None;
                return None;
            }
            Ok(seen) => match (self.again)(&self.env) {
                Ok(value) => {
                    (self.good, self.bad) = (seen, None);
                    return Some(value);
                }
                Err(error) => (seen, error),
            },
            Err(error) => (Sha256::digest(error.to_string()).into(), error),
        };
        self.refuse(refused.0, &refused.1);
        None
    }

    /// Logs a rejection when it is seen for the second time. Certificate and key are two files, so
    /// the first time may only be a half-finished update.
    fn refuse(&mut self, seen: Fingerprint, error: &ConfigError) {
        let again = self.bad.is_some_and(|(bad, _)| bad == seen);
        let told = self.bad.is_some_and(|(_, told)| again && told);
        if again && !told {
            tracing::error!(of = self.what, %error, "cannot load new certificates; keeping the old ones");
        }
        self.bad = Some((seen, again));
    }
}

fn fingerprint(env: &Env, settings: &[Setting]) -> Result<Fingerprint, ConfigError> {
    let mut digest = Sha256::new();
    for setting in settings {
        if let Some(text) = pem::optional(env, setting)? {
            digest.update(setting.name);
            digest.update(text.expose_secret());
        }
    }
    Ok(digest.finalize().into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::identity::TLS_CA;

    fn watch(path: &std::path::Path) -> Watch<impl Fn(&Env) -> Result<String, ConfigError> + use<>> {
        let env = Env::from_iter([("TLS_CA", path.to_str().unwrap())]);
        let again = |env: &Env| {
            let text = pem::required(env, &TLS_CA)?.expose_secret().to_owned();
            if text.contains("bad") { Err(TLS_CA.wrong("is bad")) } else { Ok(text) }
        };
        let good = fingerprint(&env, &[TLS_CA]).unwrap();
        Watch { what: "a test", env, settings: &[TLS_CA], again, good, bad: None }
    }

    #[test]
    fn refused_value_changes_nothing_and_is_logged_later() {
        let path = std::env::temp_dir().join(format!("estore-reloadable-{}", std::process::id()));
        fs::write(&path, "one").unwrap();
        let mut watch = watch(&path);
        assert_eq!(watch.look(), None);
        fs::write(&path, "bad").unwrap();
        for told in [false, true, true] {
            assert_eq!(watch.look(), None);
            assert!(watch.bad.is_some_and(|(_, was)| was == told));
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(watch.look(), None);
        assert!(watch.bad.is_some_and(|(_, told)| !told));
        fs::write(&path, "two").unwrap();
        assert_eq!(watch.look().unwrap(), "two");
        assert_eq!(watch.look(), None);
        fs::remove_file(&path).unwrap();
    }
}
