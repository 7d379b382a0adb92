//! What is made of files that change while we run, such as certificates: it is made again when their content has changed.

use std::{
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio::{sync::Mutex, task::spawn_blocking, time::sleep};

use crate::{
    config::{ConfigError, Env},
    pem,
};

/// A value, always the latest that was good. Cheap to clone; clones show the same.
pub(crate) struct Live<T>(Arc<RwLock<T>>);

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone + Send + Sync + 'static> Live<T> {
    /// What never changes.
    pub(crate) fn fixed(value: T) -> Self {
        Self(Arc::new(RwLock::new(value)))
    }

    /// What `first` makes of the settings `names`, each PEM or the path of a file with it; and, once what they hold has changed, what
    /// `again` makes of that. They are looked at each `TLS_RELOAD_SECONDS` (10), since a mounted Secret is exchanged by a symlink
    /// that no watch on the file sees. What `again` refuses is told of once, and the old value stays. `what` is for the log.
    pub(crate) fn new(
        what: &'static str,
        env: &Env,
        names: &'static [&'static str],
        first: impl FnOnce(&Env) -> Result<T, ConfigError>,
        again: impl Fn(&Env) -> Result<T, ConfigError> + Send + 'static,
    ) -> Result<Self, ConfigError> {
        let period =
            Duration::from_secs(env.or("TLS_RELOAD_SECONDS", 10, "10")?).max(Duration::from_millis(100));
        // Before the value is made: what changes in between is then seen.
        let good = fingerprint(env, names)?;
        let live = Self::fixed(first(env)?);
        let watch = Watch { what, env: env.clone(), names, again, good, bad: None };
        tokio::spawn(watch.run(Arc::downgrade(&live.0), period));
        Ok(live)
    }

    /// The latest.
    pub(crate) fn get(&self) -> T {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One looks after the other, so that all share one thread: each has its own memory, and lives on for a while.
static TURN: Mutex<()> = Mutex::const_new(());

type Fingerprint = [u8; 32];

struct Watch<M> {
    what: &'static str,
    env: Env,
    names: &'static [&'static str],
    again: M,
    /// Of what the value was made of.
    good: Fingerprint,
    /// Of what was refused, and whether that was told.
    bad: Option<(Fingerprint, bool)>,
}

impl<M> Watch<M> {
    /// As long as somebody has the value.
    async fn run<T>(mut self, slot: Weak<RwLock<T>>, period: Duration)
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
                return tracing::error!("certificates are looked at no more");
            };
            drop(turn);
            self = watch;
            let Some(slot) = slot.upgrade() else { return };
            if let Some(value) = made {
                *slot.write().unwrap_or_else(PoisonError::into_inner) = value;
                tracing::info!(of = self.what, "certificates were read anew");
            }
        }
    }

    fn look<T>(&mut self) -> Option<T>
    where
        M: Fn(&Env) -> Result<T, ConfigError>,
    {
        let seen = fingerprint(&self.env, self.names);
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

    /// Certificate and key are two files: what is wrong now may only be half written. Seen for the second time, it is told.
    fn refuse(&mut self, seen: Fingerprint, error: &ConfigError) {
        let again = self.bad.is_some_and(|(bad, _)| bad == seen);
        let told = self.bad.is_some_and(|(_, told)| again && told);
        if again && !told {
            tracing::error!(of = self.what, %error, "new certificates are refused; the old ones stay in use");
        }
        self.bad = Some((seen, again));
    }
}

fn fingerprint(env: &Env, names: &[&'static str]) -> Result<Fingerprint, ConfigError> {
    let mut digest = Sha256::new();
    for name in names {
        if let Some(text) = pem::optional(env, name)? {
            digest.update(name);
            digest.update(text.expose_secret());
        }
    }
    Ok(digest.finalize().into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn watch(path: &std::path::Path) -> Watch<impl Fn(&Env) -> Result<String, ConfigError> + use<>> {
        let env = Env::from_iter([("TLS_CA", path.to_str().unwrap())]);
        let again = |env: &Env| {
            let text = pem::required(env, "TLS_CA")?.expose_secret().to_owned();
            if text.contains("bad") { Err(ConfigError::new("TLS_CA", "is bad", "")) } else { Ok(text) }
        };
        let good = fingerprint(&env, &["TLS_CA"]).unwrap();
        Watch { what: "a test", env, names: &["TLS_CA"], again, good, bad: None }
    }

    #[test]
    fn what_is_refused_changes_nothing_and_is_told_once_it_lasts() {
        let path = std::env::temp_dir().join(format!("estore-live-{}", std::process::id()));
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
