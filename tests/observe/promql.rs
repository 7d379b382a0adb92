//! A minimal `PromQL` parser. It finds the series that an expression reads, and rewrites an
//! expression without its thresholds.

/// A token of an expression.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    /// A metric or function name, or a keyword.
    Word(&'a str),
    /// Braces with their content.
    Matchers(&'a str),
    Comparison(&'a str),
    /// Everything else: numbers, ranges, strings, parentheses, other operators, spaces.
    Other(&'a str),
}

const COMPARISONS: [&str; 6] = ["==", "!=", ">=", "<=", ">", "<"];
/// Keywords in positions where a metric could stand.
const KEYWORDS: [&str; 16] = [
    "and",
    "or",
    "unless",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "offset",
    "inf",
    "nan",
    "atan2",
    "start",
    "end",
];
/// Keywords that labels in parentheses follow.
const LABELLED: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

fn pieces<'t>(mut rest: &'t str) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (length, make): (usize, fn(&'t str) -> Piece<'t>) = if first.is_alphabetic() || first == '_' {
            (while_is(rest, |c| c.is_alphanumeric() || "_:".contains(c)), Piece::Word)
        } else if first == '{' {
            (closed(rest, '}'), Piece::Matchers)
        } else if first == '[' {
            (closed(rest, ']'), Piece::Other)
        } else if "\"'`".contains(first) {
            (text(rest), Piece::Other)
        } else if first.is_ascii_digit() {
            // Also durations such as `5m`, and numbers such as `1e3`.
            (while_is(rest, |c| c.is_alphanumeric() || c == '.'), Piece::Other)
        } else if let Some(found) = COMPARISONS.iter().find(|found| rest.starts_with(**found)) {
            (found.len(), Piece::Comparison)
        } else if first == '#' {
            (while_is(rest, |c| c != '\n'), Piece::Other)
        } else {
            (first.len_utf8(), Piece::Other)
        };
        let (piece, after) = rest.split_at(length);
        pieces.push(make(piece));
        rest = after;
    }
    pieces
}

fn while_is(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

/// Returns the length of a quoted string, including the quotes.
fn text(rest: &str) -> usize {
    let quote = rest.chars().next().unwrap();
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    panic!("a text without an end: {rest}")
}

/// Returns the length up to and including the `end` that closes the opening bracket. Ignores an
/// `end` inside a string.
fn closed(rest: &str, end: char) -> usize {
    let mut at = 1;
    while let Some(c) = rest[at..].chars().next() {
        if c == end {
            return at + 1;
        }
        at += if "\"'`".contains(c) { text(&rest[at..]) } else { c.len_utf8() };
    }
    panic!("nothing closes {rest}")
}

/// Returns each selector in `expression`: a metric's name with its matchers, without range and
/// offset.
pub(crate) fn selectors(expression: &str) -> Vec<String> {
    let all = pieces(expression);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(piece) = all.get(at) {
        at += 1;
        let next = all[at..].iter().position(|piece| !is_space(piece)).map(|skipped| at + skipped);
        let follows = next.map(|next| &all[next]);
        match piece {
            Piece::Word(word) if LABELLED.contains(word) => {
                if follows == Some(&Piece::Other("(")) {
                    at += all[at..].iter().position(|piece| *piece == Piece::Other(")")).unwrap() + 1;
                }
            }
            Piece::Word(word) if KEYWORDS.contains(&word.to_lowercase().as_str()) => {}
            Piece::Word(name) => match follows {
                Some(Piece::Matchers(matchers)) => {
                    found.push(format!("{name}{matchers}"));
                    at = next.unwrap() + 1;
                }
                // A function, or an aggregation with its labels first.
                Some(Piece::Other("(")) => {}
                Some(Piece::Word(word)) if LABELLED.contains(word) && is_aggregation(name) => {}
                _ => found.push((*name).to_owned()),
            },
            Piece::Matchers(matchers) => found.push((*matchers).to_owned()),
            Piece::Comparison(_) | Piece::Other(_) => {}
        }
    }
    found
}

fn is_space(piece: &Piece<'_>) -> bool {
    matches!(piece, Piece::Other(text) if text.trim().is_empty())
}

fn is_aggregation(name: &str) -> bool {
    let all =
        "sum min max avg group stddev stdvar count count_values bottomk topk quantile limitk limit_ratio";
    all.split(' ').any(|one| one == name)
}

/// Returns the metric's name in a selector.
pub(crate) fn name(selector: &str) -> &str {
    selector.split('{').next().unwrap()
}

/// Returns `expression` with comparisons that yield 0 or 1 and drop nothing, so that a silent alert
/// also has an answer.
pub(crate) fn asked(expression: &str) -> String {
    let all = pieces(expression);
    let mut asked = String::new();
    for (at, piece) in all.iter().enumerate() {
        match piece {
            Piece::Comparison(operator) => {
                asked.push_str(operator);
                let follows = all[at + 1..].iter().find(|piece| !is_space(piece));
                if follows != Some(&Piece::Word("bool")) {
                    asked.push_str(" bool ");
                }
            }
            Piece::Word(text) | Piece::Matchers(text) | Piece::Other(text) => asked.push_str(text),
        }
    }
    asked
}

#[test]
fn selectors_are_found_in_every_position() {
    let found = |expression| selectors(expression).join(" | ");
    assert_eq!(found("up == 0"), "up");
    assert_eq!(
        found(
            r#"sum by (le, service) (rate(a_bucket{route!~"/{id}|b(", le="0.5"}[5m] offset 1h)) / on (service) group_left (x) max(b:c)"#
        ),
        r#"a_bucket{route!~"/{id}|b(", le="0.5"} | b:c"#
    );
    assert_eq!(
        found("time() - process_start_time_seconds > bool 1e3 and on() vector(1)"),
        "process_start_time_seconds"
    );
    assert_eq!(
        found("max without (pod) (redis_up) unless min by (pod)(x) or sum(y) by (z)"),
        "redis_up | x | y"
    );
    assert_eq!(found(r#"{__name__=~"a.*"} # up"#), r#"{__name__=~"a.*"}"#);
    assert_eq!(found(r#"label_replace(a, "b", "$1", "c", "(.*) d > e")"#), "a");
    assert_eq!(found("increase(a[1h]) > 0\n  unless\n  b offset 5m"), "a | b");
    assert_eq!((name("a{b=\"c\"}"), name("d")), ("a", "d"));
}

#[test]
fn comparisons_become_bool_and_nothing_else_changes() {
    assert_eq!(asked("a > 1"), "a > bool  1");
    assert_eq!(asked("a>=bool 1"), "a>=bool 1");
    assert_eq!(
        asked(r#"a{b!="c", d=~">e"} != on(x) group_left() f and g < 2"#),
        r#"a{b!="c", d=~">e"} != bool  on(x) group_left() f and g < bool  2"#
    );
}
