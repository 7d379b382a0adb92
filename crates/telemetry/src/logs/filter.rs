//! The log filter, which can be changed while the service runs.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use time::OffsetDateTime;
use tokio::time::sleep;
use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{EnvFilter, Registry, reload};

use estore_base::clock::{Clock, SystemClock};

/// The filter if `RUST_LOG` is not set.
pub(crate) const DEFAULT: &str = "info,tower=warn,hyper=warn,h2=warn,sqlx=warn";

/// Changes the filter in use.
pub(crate) type Handle = reload::Handle<EnvFilter, Registry>;

/// Reads a filter in the syntax of `RUST_LOG`.
pub(crate) fn read(text: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(text).map_err(|error| error.to_string())
}

/// The current filter, and the configured one.
pub struct Levels {
    handle: Handle,
    configured: String,
    now: Mutex<Now>,
}

struct Now {
    filter: String,
    until: Option<OffsetDateTime>,
    /// Grows with each change, which makes an end that was set by an earlier change void.
    turn: u64,
}

/// The state of the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The filter in use.
    pub filter: String,
    /// The filter at the start.
    pub configured: String,
    /// The time at which the configured filter returns; `None` if no end is set.
    pub until: Option<OffsetDateTime>,
}

impl Levels {
    pub(crate) fn new(handle: Handle, configured: String) -> Self {
        let now = Now { filter: configured.clone(), until: None, turn: 0 };
        Self { handle, configured, now: Mutex::new(now) }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the state.
    #[must_use]
    pub fn shown(&self) -> Shown {
        let now = self.now();
        Shown { filter: now.filter.clone(), configured: self.configured.clone(), until: now.until }
    }

    /// Applies the filter `text`. If `span` is given, the configured filter returns after it. An
    /// invalid filter changes nothing.
    pub fn set(&'static self, text: &str, span: Option<Duration>) -> Result<Shown, String> {
        check(text)?;
        let until = span.and_then(|span| SystemClock.now().checked_add(span.try_into().ok()?));
        let turn = self.change(text, until, None)?;
        if let Some((span, turn)) = span.zip(turn) {
            tokio::spawn(async move {
                sleep(span).await;
                if let Err(error) = self.change(&self.configured, None, Some(turn)) {
                    tracing::error!(error, "cannot restore the configured filter; keeping this one");
                }
            });
        }
        Ok(self.shown())
    }

    /// Returns the number of the change, or `None` if another change followed `after` meanwhile.
    fn change(
        &self,
        text: &str,
        until: Option<OffsetDateTime>,
        after: Option<u64>,
    ) -> Result<Option<u64>, String> {
        let filter = read(text)?;
        let mut now = self.now();
        if after.is_some_and(|after| after != now.turn) {
            return Ok(None);
        }
        let tell = || {
            let until = until.map(|until| until.to_string());
            tracing::warn!(from = now.filter, to = text, until, "log filter changed");
        };
        // Logs the change under the filter that shows it.
        let before = tracing::enabled!(Level::WARN);
        if before {
            tell();
        }
        self.handle.reload(filter).map_err(|error| error.to_string())?;
        if !before {
            tell();
        }
        *now = Now { filter: text.to_owned(), until, turn: now.turn + 1 };
        Ok(Some(now.turn))
    }
}

/// Rejects a bare word that is no level. The library would take it for a target, and log nothing
/// else.
fn check(text: &str) -> Result<(), String> {
    let mut parts = text.split(',');
    let wrong =
        parts.find(|part| part.is_empty() || (!part.contains('=') && part.parse::<LevelFilter>().is_err()));
    match wrong {
        Some(wrong) => Err(format!("{wrong:?} is neither a level nor a target with one")),
        None => read(text).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_without_level_is_refused() {
        for good in ["info", "off", "debug,estore_payment=trace", DEFAULT] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for wrong in ["", "infoo", "info,,debug", "info,=,=", "estore_payment", "info,x=loud"] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
