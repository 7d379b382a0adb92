//! Mutations: every small change of every stored value, and every value removed or duplicated.

use std::collections::BTreeMap;

use estore_faults::stores::{Dump, Raw};
use serde_json::Value;
use uuid::Uuid;

/// The words of each kind of state: a mutation replaces one by each of the others.
const WORDS: &[&[&str]] = &[
    &[
        "accepted",
        "reserved",
        "authorized",
        "confirming",
        "confirmed",
        "completed",
        "cancelling",
        "cancelled",
    ],
    &["requested", "paid", "done", "failed"],
    &["held", "confirmed", "released", "expired", "returned"],
    &["created", "authorized", "declined", "captured", "voided"],
    &["received", "adjusted", "held", "confirmed", "released", "expired", "returned"],
    &["authorization", "capture", "void", "refund"],
    &["customer", "authorized", "shop"],
    &["USD", "EUR"],
    &["MUG", "PEN"],
];

/// A change: its place, its kind, and the new value.
type Change<T> = (String, T);

/// Visits every mutant of a dump: the place without its ids and numbers, the changed key, and the
/// mutant.
pub(crate) fn mutations(dump: &Dump, mut visit: impl FnMut(String, &str, &Dump)) {
    let mut mutant = dump.clone();
    for (key, raw) in dump {
        mutant.remove(key);
        visit(format!("{} -", pattern(key)), key, &mutant);
        for (change, changed) in changes(raw) {
            mutant.insert(key.clone(), changed);
            visit(format!("{} {}", pattern(key), pattern(&change)), key, &mutant);
        }
        mutant.insert(key.clone(), raw.clone());
    }
}

/// Returns a name without its ids and numbers.
fn pattern(name: &str) -> String {
    let part = |part: &str| {
        if part.parse::<Uuid>().is_ok() {
            "<id>".to_owned()
        } else if part.parse::<u32>().is_ok() {
            "<n>".to_owned()
        } else if ["MUG", "PEN", "LAMP", "HOT", "GIFT"].contains(&part) {
            "<sku>".to_owned()
        } else {
            part.to_owned()
        }
    };
    let words = |text: &str| text.split(' ').map(part).collect::<Vec<_>>().join(" ");
    name.split(':').map(words).collect::<Vec<_>>().join(":")
}

/// Returns every change of a key.
fn changes(raw: &Raw) -> Vec<Change<Raw>> {
    fn of<T>(changes: Vec<Change<T>>, to: impl Fn(T) -> Raw) -> Vec<Change<Raw>> {
        changes.into_iter().map(|(change, changed)| (change, to(changed))).collect()
    }
    match raw {
        Raw::Text(text) => of(values(text), Raw::Text),
        Raw::Hash(map) => of(in_hash(map), Raw::Hash),
        Raw::List(lines) => of(in_log(lines), Raw::List),
        Raw::Scores(scores) => of(in_scores(scores), Raw::Scores),
        Raw::Stream(entries) => {
            let mut all = of(in_list(entries, |_| "entry"), Raw::Stream);
            for (at, (_, fields)) in entries.iter().enumerate() {
                all.extend(of(in_hash(fields), |changed| {
                    let mut entries = entries.clone();
                    entries[at].1 = changed;
                    Raw::Stream(entries)
                }));
            }
            all
        }
        Raw::Other => Vec::new(),
    }
}

fn in_hash(map: &BTreeMap<String, String>) -> Vec<Change<BTreeMap<String, String>>> {
    let mut all = Vec::new();
    for (name, value) in map {
        let mut less = map.clone();
        less.remove(name);
        all.push((format!("{name} -"), less));
        for (how, other) in values(value) {
            let mut changed = map.clone();
            changed.insert(name.clone(), other);
            all.push((format!("{name}{how}"), changed));
        }
    }
    all
}

/// Returns a list without each item, and with each item twice.
fn in_list<T: Clone>(items: &[T], name: impl Fn(usize) -> &'static str) -> Vec<Change<Vec<T>>> {
    let mut all = Vec::new();
    for at in 0..items.len() {
        let mut less = items.to_vec();
        less.remove(at);
        all.push((format!("{} -", name(at)), less));
        let mut twice = items.to_vec();
        twice.insert(at, items[at].clone());
        all.push((format!("{} +", name(at)), twice));
    }
    all
}

/// Changes the lines of a log: version, from, to, ms.
fn in_log(lines: &[String]) -> Vec<Change<Vec<String>>> {
    let name = |at| if at == 0 { "first" } else { "later" };
    let mut all = in_list(lines, name);
    for (at, line) in lines.iter().enumerate() {
        let words: Vec<&str> = line.split(' ').collect();
        for (n, field) in ["version", "from", "to", "ms"].into_iter().enumerate() {
            for (how, other) in values(words[n]) {
                let mut words = words.clone();
                words[n] = &other;
                let mut changed = lines.to_vec();
                changed[at] = words.join(" ");
                all.push((format!("{} {field}{how}", name(at)), changed));
            }
        }
    }
    all
}

fn in_scores(scores: &BTreeMap<String, String>) -> Vec<Change<BTreeMap<String, String>>> {
    let mut all = Vec::new();
    for (member, score) in scores {
        let mut less = scores.clone();
        less.remove(member);
        all.push(("member -".to_owned(), less));
        let mut more = scores.clone();
        more.insert(format!("{member}x"), score.clone());
        all.push(("member +".to_owned(), more));
        for (_, other) in values(score) {
            let mut changed = scores.clone();
            changed.insert(member.clone(), other);
            all.push(("score".to_owned(), changed));
        }
    }
    all
}

/// Returns every replacement of a text; of JSON, with the path to the change.
fn values(text: &str) -> Vec<Change<String>> {
    if text.starts_with(['{', '['])
        && let Ok(json) = serde_json::from_str::<Value>(text)
    {
        return in_json(&json).into_iter().map(|(path, value)| (path, value.to_string())).collect();
    }
    let one = |other: String| vec![(String::new(), other)];
    if let Ok(number) = text.parse::<i64>() {
        return [one((number + 1).to_string()), one((number - 1).to_string())].concat();
    }
    if let Ok(id) = text.parse::<Uuid>() {
        return one(Uuid::from_u128(id.as_u128() ^ 1).to_string());
    }
    let mut words: Vec<&str> =
        WORDS.iter().filter(|words| words.contains(&text)).copied().flatten().copied().collect();
    words.sort_unstable();
    words.dedup();
    words.retain(|word| *word != text);
    if words.is_empty() {
        return one(format!("{text}x"));
    }
    words.into_iter().map(|word| (format!(" {text} → {word}"), word.to_owned())).collect()
}

fn in_json(json: &Value) -> Vec<Change<Value>> {
    let mut all = Vec::new();
    match json {
        Value::Object(map) => {
            for (name, value) in map {
                let mut less = map.clone();
                less.remove(name);
                all.push((format!(".{} -", pattern(name)), Value::Object(less)));
                for (path, other) in in_json(value) {
                    let mut changed = map.clone();
                    changed.insert(name.clone(), other);
                    all.push((format!(".{}{path}", pattern(name)), Value::Object(changed)));
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let mut less = items.clone();
                less.remove(at);
                all.push(("[] -".to_owned(), Value::Array(less)));
                for (path, other) in in_json(item) {
                    let mut changed = items.clone();
                    changed[at] = other;
                    all.push((format!("[{at}]{path}"), Value::Array(changed)));
                }
            }
        }
        Value::Number(number) => {
            let number = number.as_i64().unwrap();
            all.extend([number + 1, number - 1].map(|other| (String::new(), other.into())));
        }
        Value::String(text) => {
            all.extend(values(text).into_iter().map(|(how, other)| (how, Value::String(other))));
        }
        Value::Bool(_) | Value::Null => all.push((String::new(), "x".into())),
    }
    all
}
