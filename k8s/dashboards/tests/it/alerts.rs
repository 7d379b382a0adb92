//! The requirements for alerts, for their tests in tests/alerts and for their runbooks in
//! docs/runbooks.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::{metrics, project, promql::series};

/// The parts of a runbook.
const SECTIONS: [&str; 4] = ["What it means", "What users notice", "What to look at", "What to do"];

fn yaml(path: &Path) -> Value {
    serde_yaml_ng::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

fn rules() -> Vec<Value> {
    let file = yaml(&project("charts/estore/files/alerts.yaml"));
    list(&file, "groups").iter().flat_map(|group| list(group, "rules").to_vec()).collect()
}

fn alerts() -> Vec<Value> {
    rules().into_iter().filter(|rule| rule["alert"].is_string()).collect()
}

fn names() -> BTreeSet<String> {
    alerts().iter().map(|rule| rule["alert"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn alert_has_a_severity_and_a_runbook() {
    for rule in alerts() {
        let name = rule["alert"].as_str().unwrap();
        assert!(["critical", "warning"].contains(&rule["labels"]["severity"].as_str().unwrap()), "{name}");
        let annotation = |which: &str| {
            rule["annotations"][which].as_str().unwrap_or_else(|| panic!("{name} has no {which}"))
        };
        assert!(!annotation("summary").is_empty());
        let tells = annotation("description").contains("{{ $value")
            || rule["expr"].as_str().unwrap().contains("== 0");
        assert!(tells, "{name} does not say how bad it is");
        assert_eq!(annotation("runbook_url"), format!("docs/runbooks/{name}.md"));
    }
}

#[test]
fn rules_use_existing_or_recorded_metrics() {
    let mut recorded = BTreeSet::new();
    for rule in rules() {
        let query = rule["expr"].as_str().unwrap();
        for one in series(query) {
            if !recorded.contains(one.name) {
                metrics::judge(&one).unwrap_or_else(|wrong| panic!("{query}: {wrong}"));
            }
        }
        recorded.extend(rule["record"].as_str().map(str::to_owned));
    }
    assert!(!recorded.is_empty());
}

/// Returns true if a promtool case expects this very rule to fire: an alert has all labels of the
/// rule.
fn fires(case: &Value, rule: &Value) -> bool {
    let own = rule["labels"].as_object().unwrap();
    list(case, "exp_alerts")
        .iter()
        .any(|alert| own.iter().all(|(name, value)| alert["exp_labels"][name] == *value))
}

#[test]
fn every_alert_is_tested_firing_and_silent() {
    let mut cases = Vec::new();
    for file in fs::read_dir(project("tests/alerts")).unwrap() {
        for test in list(&yaml(&file.unwrap().path()), "tests") {
            cases.extend(list(test, "alert_rule_test").to_vec());
        }
    }
    for rule in alerts() {
        let name = &rule["alert"];
        let of_it = || cases.iter().filter(|case| case["alertname"] == *name);
        assert!(of_it().any(|case| fires(case, &rule)), "no case has {name} firing: {}", rule["labels"]);
        assert!(of_it().any(|case| !fires(case, &rule)), "no case has {name} silent: {}", rule["labels"]);
        assert!(of_it().any(|case| list(case, "exp_alerts").is_empty()), "no case has {name} silent");
    }
    for case in &cases {
        assert!(names().contains(case["alertname"].as_str().unwrap()), "there is no {}", case["alertname"]);
    }
}

#[test]
fn alerts_and_runbooks_match() {
    let index = fs::read_to_string(project("docs/runbooks/README.md")).unwrap();
    let mut found = BTreeSet::new();
    for file in fs::read_dir(project("docs/runbooks")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name != "README" {
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.starts_with(&format!("# {name}\n")), "{name}");
            let sections: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
            assert_eq!(sections, SECTIONS, "{name}");
            assert!(index.contains(&format!("]({name}.md)")), "the index lacks {name}");
            found.insert(name);
        }
    }
    assert_eq!(found, names());
}
