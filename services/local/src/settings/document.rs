//! The table that `estore-local settings` prints, as a part of docs/configuration.md.

use super::table::{DECIDED, PASSED, PREFIX, To};

/// Writes the destination of each setting as Markdown.
pub(crate) fn markdown() -> String {
    let passed = PASSED.iter().map(|(to, names)| row(names, &destination(*to)));
    let buckets = row(&[&format!("{PREFIX}…")], &destination(To::All));
    let decided = DECIDED.iter().map(|(why, names)| row(names, &format!("no program: {why}")));
    let rows: Vec<String> = passed.chain([buckets]).chain(decided).collect();
    format!("## ./dev up\n\n| settings in its environment | go to |\n|---|---|\n{}", rows.join("\n"))
}

fn destination(to: To) -> String {
    match to {
        To::All => "every service and the storefront".to_owned(),
        To::Services(names) => {
            names.iter().map(|name| format!("`estore-{name}`")).collect::<Vec<_>>().join(", ")
        }
        To::Bootstrap => "`estore-bootstrap`".to_owned(),
        To::Chaos => "the faults of `--demo`".to_owned(),
        To::Shopper => "`estore-shopper` of `--demo`".to_owned(),
    }
}

fn row(names: &[&str], to: &str) -> String {
    format!("| `{}` | {to} |", names.join("`, `"))
}
