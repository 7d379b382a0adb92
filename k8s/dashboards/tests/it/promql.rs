//! A minimal `PromQL` parser that finds the series in a query.

/// A metric in a query, and its label matchers in braces.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Series<'a> {
    pub(crate) name: &'a str,
    pub(crate) selector: &'a str,
}

/// Words that are neither functions nor metrics. Those that come before a list of labels are below.
const WORDS: [&str; 5] = ["and", "or", "unless", "bool", "offset"];
const BEFORE_LABELS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

pub(crate) fn series(query: &str) -> Vec<Series<'_>> {
    let (mut found, mut rest) = (Vec::new(), query);
    while let Some(next) = rest.chars().next() {
        if next == '[' {
            rest = after(rest, ']');
        } else if next.is_ascii_digit() {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.');
        } else if next.is_ascii_alphabetic() || next == '_' {
            let end =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':').unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            rest = behind.trim_start();
            if BEFORE_LABELS.contains(&word) {
                rest = after(rest, ')');
            } else if rest.starts_with('(') || rest.starts_with("by (") || WORDS.contains(&word) {
                // A function, or a word between two queries.
            } else {
                let braces = if rest.starts_with('{') { rest.len() - after(rest, '}').len() } else { 0 };
                let (selector, behind) = rest.split_at(braces);
                found.push(Series { name: word, selector });
                rest = behind;
            }
        } else {
            rest = &rest[next.len_utf8()..];
        }
    }
    found
}

fn after(text: &str, end: char) -> &str {
    text.split_once(end).map_or("", |(_, behind)| behind)
}

#[test]
fn series_are_told_from_functions_labels_and_numbers() {
    let query = "histogram_quantile(0.99, sum by (le, a) (rate(b_bucket{c=\"d\",e=~\"f|g\"}[5m]))) > bool 1e3 and on (h) i:j / ignoring(k) l";
    let names: Vec<(&str, &str)> = series(query).iter().map(|one| (one.name, one.selector)).collect();
    assert_eq!(names, [("b_bucket", "{c=\"d\",e=~\"f|g\"}"), ("i:j", ""), ("l", "")]);
}
