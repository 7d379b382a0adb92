//! The known exceptions in a healthy shop, with their reasons: `listed.yaml`. An entry that no
//! longer applies is an error too.

use std::{collections::BTreeMap, fs};

use estore_tests::project;

/// Returns a list by its name: each entry with its reason.
fn list(kind: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(project().join("tests/observe/listed.yaml")).unwrap();
    let mut lists: BTreeMap<String, BTreeMap<String, String>> = serde_yaml_ng::from_str(&text).unwrap();
    lists.remove(kind).unwrap_or_else(|| panic!("listed.yaml has no list {kind}"))
}

/// Compares the findings with the list `kind`. Returns the problems that are not listed, and the
/// listed entries that do not apply. `found` has every checked item, with its problem if there is
/// one.
pub(crate) fn wrong(kind: &str, found: &BTreeMap<String, Option<String>>) -> Vec<String> {
    differences(&list(kind), found)
}

/// Does the same, and panics if anything is wrong.
pub(crate) fn settle(kind: &str, found: &BTreeMap<String, Option<String>>) {
    let wrong = wrong(kind, found);
    assert!(wrong.is_empty(), "{} of {} under `{kind}`:\n{}", wrong.len(), found.len(), wrong.join("\n"));
}

fn differences(list: &BTreeMap<String, String>, found: &BTreeMap<String, Option<String>>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, problem) in found {
        match (problem, list.contains_key(id)) {
            (Some(problem), false) => wrong.push(format!("{id}: {problem}")),
            (None, true) => wrong.push(format!("{id}: is listed, and all is well")),
            _ => {}
        }
    }
    for (id, reason) in list {
        if !found.contains_key(id) {
            wrong.push(format!("{id}: is listed, and there is none"));
        }
        if reason.trim().len() < 10 {
            wrong.push(format!("{id}: is listed without a reason"));
        }
    }
    wrong
}

#[test]
fn stale_list_entry_is_an_error() {
    let map = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect::<BTreeMap<_, _>>()
    };
    let found = |pairs: &[(&str, Option<&str>)]| {
        pairs
            .iter()
            .map(|(id, problem)| ((*id).to_owned(), problem.map(str::to_owned)))
            .collect::<BTreeMap<_, _>>()
    };
    let listed = map(&[("a", "as nobody asks it")]);
    assert_eq!(differences(&listed, &found(&[("a", Some("empty")), ("b", None)])), Vec::<String>::new());
    assert_eq!(differences(&listed, &found(&[("a", None)])), ["a: is listed, and all is well"]);
    assert_eq!(differences(&listed, &found(&[])), ["a: is listed, and there is none"]);
    assert_eq!(differences(&map(&[]), &found(&[("b", Some("empty"))])), ["b: empty"]);
    assert_eq!(
        differences(&map(&[("a", "")]), &found(&[("a", Some("x"))])),
        ["a: is listed without a reason"]
    );
}
