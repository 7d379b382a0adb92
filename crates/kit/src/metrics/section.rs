//! The lists of all metrics, and how docs/metrics.md shows them.

use std::fmt::Write;

use super::{
    Definition, Label,
    definition::{Kind, Values},
};

/// Metrics that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// Whose they are: a heading of docs/metrics.md.
    pub title: &'static str,
    /// What they are.
    pub metrics: &'static [Definition],
}

/// `sections` as Markdown.
pub(crate) fn markdown(sections: &[Section]) -> String {
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
