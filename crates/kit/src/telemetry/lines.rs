//! Makes a line of each event: what it says, and for which request and trace.

use std::io::{IsTerminal, stdout};

use tracing::{Event, Subscriber};
use tracing_subscriber::{Layer, layer::Context};

use super::{json, pretty, writer::LogLines};
use crate::config::{ConfigError, Env};

/// For whom lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For programs.
    Json,
    /// For people.
    Pretty {
        /// Where they can see it.
        coloured: bool,
    },
}

impl Format {
    /// `LOG_FORMAT`: `json` or `pretty`; `text` is the same as `pretty`. Colours only on a terminal, and not where `NO_COLOR` is set.
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        match env.or("LOG_FORMAT", "json".to_owned(), "json")?.as_str() {
            "json" => Ok(Self::Json),
            "pretty" | "text" => {
                let plain = env.optional::<String>("NO_COLOR", "1")?.is_some();
                Ok(Self::Pretty { coloured: stdout().is_terminal() && !plain })
            }
            _ => Err(ConfigError::new("LOG_FORMAT", "must be json or pretty", "json")),
        }
    }

    fn line(self, event: &Event<'_>) -> String {
        match self {
            Self::Json => json::line(event),
            Self::Pretty { coloured } => pretty::line(event, coloured),
        }
    }
}

/// Writes them.
pub(super) struct Lines {
    writer: LogLines,
    format: Format,
}

impl Lines {
    pub(super) fn new(writer: LogLines, format: Format) -> Self {
        Self { writer, format }
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.writer.push(&self.format.line(event));
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::{layer::SubscriberExt, registry};

    pub(in crate::telemetry) use super::Format;
    use super::*;

    /// Keeps lines.
    #[derive(Clone)]
    struct Kept(Arc<Mutex<Vec<String>>>, Format);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push(self.1.line(event));
        }
    }

    /// What `work` writes.
    pub(in crate::telemetry) fn lines(format: Format, work: impl FnOnce()) -> Vec<String> {
        let kept = Kept(Arc::default(), format);
        tracing::subscriber::with_default(registry().with(kept.clone()), work);
        kept.0.lock().unwrap().clone()
    }

    #[test]
    fn a_format_is_for_programs_or_for_people() {
        let format =
            |text: &str| Format::from_env(&Env::from_iter([("LOG_FORMAT", text), ("NO_COLOR", "1")]));
        assert_eq!(format(""), Ok(Format::Json));
        for people in ["pretty", "text"] {
            assert_eq!(format(people), Ok(Format::Pretty { coloured: false }));
        }
        assert!(format("xml").is_err());
    }
}
