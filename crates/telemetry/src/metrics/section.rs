//! The lists of all metrics, and their form in docs/metrics.md.

use std::fmt::Write;

use super::{
    Definition, Label,
    definition::{Kind, Values},
};

/// A group of metrics.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The heading in docs/metrics.md, which names the owner of the metrics.
    pub title: &'static str,
    /// The metrics.
    pub metrics: &'static [Definition],
}

/// Writes `sections` as Markdown.
#[must_use]
pub fn markdown(sections: &[Section]) -> String {
    let mut text = String::new();
    for Section { title, metrics } in sections {
        let head = "| metric | type | labels | meaning |\n|---|---|---|---|";
        // Writing to a string cannot fail.
        let _written = write!(text, "## {title}\n\n{head}\n");
        for Definition { name, kind, help, labels } in *metrics {
            let labels: Vec<String> = labels.iter().map(label).collect();
            let _written = writeln!(text, "| `{name}` | {} | {} | {help} |", word(*kind), labels.join("; "));
        }
        text.push('\n');
    }
    text
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    }
}

fn label(label: &Label) -> String {
    match label.values {
        Values::Each(values) => format!("`{}`: {}", label.name, values.join(", ")),
        Values::From(bound) => format!("`{}` ({bound})", label.name),
    }
}
