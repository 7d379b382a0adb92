//! Formats each event as a log line, with its request and trace.

use std::{
    fmt,
    io::{IsTerminal, stdout},
};

use estore_base::config::{ConfigError, Env, Setting};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    Layer, Registry,
    fmt::{
        FmtContext, FormatEvent, FormatFields, MakeWriter,
        format::{Writer, debug_fn},
    },
    registry::LookupSpan,
};

use super::{json, pretty};

pub(crate) const LOG_FORMAT: Setting = Setting::choice(
    "LOG_FORMAT",
    &["json", "pretty", "text"],
    "Form of log lines: `json`, or for people `pretty`, which `text` stands for, too.",
)
.default("json");
pub(crate) const NO_COLOR: Setting =
    Setting::text("NO_COLOR", "Any value: pretty log lines have no colours on a terminal either.").optional();

/// The audience of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For programs.
    Json,
    /// For people.
    Pretty {
        /// True if colours are visible to the reader.
        coloured: bool,
    },
}

impl Format {
    /// Reads `LOG_FORMAT`: `json` or `pretty`; `text` is the same as `pretty`. Colours appear only
    /// on a terminal, and only if `NO_COLOR` is not set.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let format: String = env.get(&LOG_FORMAT)?;
        if format == "json" {
            return Ok(Self::Json);
        }
        let plain = env.optional::<String>(&NO_COLOR)?.is_some();
        Ok(Self::Pretty { coloured: stdout().is_terminal() && !plain })
    }
}

impl<S, N> FormatEvent<S, N> for Format
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, line: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        match *self {
            Self::Json => json::write(line, event),
            Self::Pretty { coloured } => pretty::write(line, event, coloured),
        }
        Ok(())
    }
}

/// Returns the layer that writes log lines. It ignores the fields of spans, because lines take
/// their ids from the task.
pub(crate) fn layer(format: Format, writer: impl for<'a> MakeWriter<'a> + 'static) -> impl Layer<Registry> {
    tracing_subscriber::fmt::layer::<Registry>()
        .fmt_fields(debug_fn(|_, _, _| Ok(())))
        .event_format(format)
        .with_writer(writer)
}

#[cfg(test)]
pub(super) mod tests {
    use std::{io, sync::Arc};

    use tracing_subscriber::{layer::SubscriberExt, registry};

    pub(in crate::logs) use super::Format;
    use super::*;

    /// Returns the lines that `work` writes.
    pub(in crate::logs) fn lines(format: Format, work: impl FnOnce()) -> Vec<String> {
        let (written, writer) = io::pipe().unwrap();
        tracing::subscriber::with_default(registry().with(layer(format, Arc::new(writer))), work);
        let text = io::read_to_string(written).unwrap();
        text.split_inclusive('\n').map(str::to_owned).collect()
    }

    #[test]
    fn unknown_log_format_is_refused() {
        let format =
            |text: &str| Format::from_env(&Env::from_iter([("LOG_FORMAT", text), ("NO_COLOR", "1")]));
        assert_eq!(format(""), Ok(Format::Json));
        for people in ["pretty", "text"] {
            assert_eq!(format(people), Ok(Format::Pretty { coloured: false }));
        }
        assert!(format("xml").is_err());
    }
}
