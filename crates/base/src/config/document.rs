//! The lists of all settings, and their form in docs/configuration.md.

use std::fmt::Write;

use super::{Fallback, Kind, Setting};

/// The settings of one program, or those that several programs share.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The heading in docs/configuration.md, which names the programs that read them.
    pub title: &'static str,
    /// The settings, by subject.
    pub lists: &'static [&'static [Setting]],
}

impl Settings {
    /// Returns every setting.
    pub fn all(&self) -> impl Iterator<Item = &'static Setting> {
        self.lists.iter().copied().flatten()
    }
}

/// Writes `groups` as Markdown.
#[must_use]
pub fn markdown(groups: &[Settings]) -> String {
    let mut text = String::new();
    for group in groups {
        let head = "| setting | type | default | meaning |\n|---|---|---|---|";
        // Writing to a string cannot fail.
        let _written = write!(text, "## {}\n\n{head}\n", group.title);
        for setting in group.all() {
            let Setting { name, meaning, .. } = setting;
            let (kind, default) = (kind(setting), default(setting));
            let _written = writeln!(text, "| `{name}` | {kind} | {default} | {meaning} |");
        }
        text.push('\n');
    }
    text
}

fn kind(setting: &Setting) -> String {
    let kind = match setting.kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Seconds => "seconds",
        Kind::Switch => "`true` or `false`",
        Kind::Choice(words) => return format!("`{}`", listed(words, "`, `", "` or `")),
        Kind::Secret => "secret",
        Kind::Address => "URL",
        Kind::List => "list",
        Kind::Pem => "PEM, or its path",
        Kind::Directory => "directory",
    };
    match setting.range {
        Some(range) => format!("{kind}, {}", within(range)),
        None => kind.to_owned(),
    }
}

fn default(setting: &Setting) -> String {
    match setting.fallback {
        Fallback::Required => "required".to_owned(),
        Fallback::Nothing => "none".to_owned(),
        Fallback::Value(value) => format!("`{value}`"),
        Fallback::Computed(words) => words.to_owned(),
    }
}

/// Describes a range of numbers: "1 to 60".
pub(super) fn within((low, high): (u64, u64)) -> String {
    if high == u64::MAX { format!("at least {low}") } else { format!("{low} to {high}") }
}

/// Joins `words`: "starttls, tls or none".
pub(super) fn listed(words: &[&str], comma: &str, or: &str) -> String {
    match words {
        [words @ .., last] if !words.is_empty() => format!("{}{or}{last}", words.join(comma)),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Settings = Settings {
        title: "A program",
        lists: &[
            &[
                Setting::seconds("LEEWAY_SECONDS", "A time.").default("10").range(0, 60),
                Setting::choice("MODE", &["a", "b", "c"], "A mode.").default("a"),
            ],
            &[
                Setting::secret("SECRET", "A secret."),
                Setting::number("MOST", "A count.").computed("twice `LEAST`").at_least(1),
            ],
        ],
    };

    #[test]
    fn document_shows_each_part_of_a_declaration() {
        let text = markdown(&[ALL]);
        let rows: Vec<&str> = text.lines().skip(4).collect();
        assert_eq!(
            rows,
            [
                "| `LEEWAY_SECONDS` | seconds, 0 to 60 | `10` | A time. |",
                "| `MODE` | `a`, `b` or `c` | `a` | A mode. |",
                "| `SECRET` | secret | required | A secret. |",
                "| `MOST` | number, at least 1 | twice `LEAST` | A count. |",
                "",
            ]
        );
    }
}
