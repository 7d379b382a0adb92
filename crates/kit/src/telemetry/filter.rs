//! Which lines the log has; it can be changed while the service runs.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use time::OffsetDateTime;
use tokio::time::sleep;
use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{EnvFilter, Registry, reload};

use crate::clock::{Clock, SystemClock};

/// What is written where `RUST_LOG` says nothing else.
pub(super) const DEFAULT: &str = "info,tower=warn,hyper=warn,h2=warn,sqlx=warn";

/// Changes the filter that is in use.
pub(super) type Handle = reload::Handle<EnvFilter, Registry>;

/// Reads a filter, as `RUST_LOG` has it.
pub(super) fn read(text: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(text).map_err(|error| error.to_string())
}

/// The filter, and what it will be again.
pub(crate) struct Levels {
    handle: Handle,
    configured: String,
    now: Mutex<Now>,
}

struct Now {
    filter: String,
    until: Option<OffsetDateTime>,
    /// Grows with each change: an end that was set before the last one is void.
    turn: u64,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) filter: String,
    pub(crate) configured: String,
    pub(crate) until: Option<OffsetDateTime>,
}

impl Levels {
    pub(super) fn new(handle: Handle, configured: String) -> Self {
        let now = Now { filter: configured.clone(), until: None, turn: 0 };
        Self { handle, configured, now: Mutex::new(now) }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn shown(&self) -> Shown {
        let now = self.now();
        Shown { filter: now.filter.clone(), configured: self.configured.clone(), until: now.until }
    }

    /// Writes what `text` says from now on; for so long, and then what is configured, where `span` is given. A text that is no
    /// filter changes nothing.
    pub(crate) fn set(&'static self, text: &str, span: Option<Duration>) -> Result<Shown, String> {
        check(text)?;
        let until = span.and_then(|span| SystemClock.now().checked_add(span.try_into().ok()?));
        let turn = self.change(text, until, None)?;
        if let Some((span, turn)) = span.zip(turn) {
            tokio::spawn(async move {
                sleep(span).await;
                if let Err(error) = self.change(&self.configured, None, Some(turn)) {
                    tracing::error!(error, "the log does not go back to its filter");
                }
            });
        }
        Ok(self.shown())
    }

    /// The number of the change; `None` where it was not to follow the change `after` any more.
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
            tracing::warn!(from = now.filter, to = text, until, "the log's filter was changed");
        };
        // In the filter that shows it.
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

/// A bare word that is no level is taken for a target by the library, and nothing but that would be written.
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
    fn a_filter_is_a_level_and_targets_with_levels() {
        for good in ["info", "off", "debug,estore_payment=trace", DEFAULT] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for wrong in ["", "infoo", "info,,debug", "info,=,=", "estore_payment", "info,x=loud"] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
