//! The queries of the dashboards.

use std::{collections::BTreeMap, fs};

use estore_testbed::Queries;
use estore_tests::project;
use serde_json::Value;

/// A query as Grafana sends it: its location, and an expression for each value of the dashboard's
/// variables.
pub(crate) struct Query {
    pub(crate) id: String,
    pub(crate) expressions: Vec<String>,
}

/// As far back as the test goes. A shorter interval could miss the journeys.
const INTERVALS: [(&str, &str); 3] = [("__rate_interval", "5m"), ("__interval", "5m"), ("__range", "5m")];

/// Returns every query of every dashboard, with the values of variables from Prometheus.
pub(crate) async fn all(queries: Queries) -> Vec<Query> {
    let folder = project().join("charts/estore/files/dashboards");
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut all = Vec::new();
    for file in files {
        let path = file.unwrap().path();
        let dashboard: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let variables = variables(queries, &dashboard).await;
        let mut found = Vec::new();
        targets(&dashboard["panels"], &mut found);
        for annotation in dashboard["annotations"]["list"].as_array().into_iter().flatten() {
            if let Some(expression) = annotation["expr"].as_str() {
                found.push((format!("annotation {}", annotation["name"]), expression.to_owned()));
            }
        }
        assert!(!found.is_empty(), "{name} has no queries");
        all.extend(found.into_iter().map(|(place, expression)| Query {
            id: format!("{name} / {place}"),
            expressions: filled(&expression, &variables),
        }));
    }
    assert!(!all.is_empty(), "no dashboards in {}", folder.display());
    let mut ids: Vec<&str> = all.iter().map(|query| query.id.as_str()).collect();
    ids.sort_unstable();
    let twice = ids.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None, "two queries with one name: give the panels titles of their own");
    all
}

/// Returns every query of the storefront's engine room, which are those of panels.
pub(crate) fn engine() -> Vec<Query> {
    let file = project().join("services/storefront/src/engine/queries.json");
    let queries: BTreeMap<String, Value> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert!(!queries.is_empty());
    let query = |(name, query): (String, Value)| Query {
        id: format!("engine / {name}"),
        expressions: filled(text(&query["query"]), &BTreeMap::new()),
    };
    queries.into_iter().map(query).collect()
}

/// Collects the queries of the panels, including those in rows.
fn targets(panels: &Value, found: &mut Vec<(String, String)>) {
    for panel in panels.as_array().into_iter().flatten() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let place = format!("{} / {}", text(&panel["title"]), text(&target["refId"]));
            found.push((place, text(&target["expr"]).to_owned()));
        }
        targets(&panel["panels"], found);
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Queries the values of the variables defined as `label_values(metric, label)`.
async fn variables(queries: Queries, dashboard: &Value) -> BTreeMap<String, Vec<String>> {
    let mut variables = BTreeMap::new();
    for variable in dashboard["templating"]["list"].as_array().into_iter().flatten() {
        if variable["type"] != "query" {
            continue;
        }
        let asked = &variable["query"];
        let asked = asked["query"].as_str().or(asked.as_str()).unwrap();
        let inner = asked.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
        let (metric, label) =
            inner.and_then(|inner| inner.rsplit_once(',')).unwrap_or_else(|| panic!("{asked}"));
        let found = queries.now(&format!("group by ({label}) ({metric})")).await.unwrap();
        let values: Vec<String> = found.iter().map(|series| series.label(label.trim()).to_owned()).collect();
        assert!(!values.is_empty(), "{asked} finds nothing");
        variables.insert(text(&variable["name"]).to_owned(), values);
    }
    variables
}

/// Replaces everything in the expression that begins with `$`, in every possible way.
fn filled(expression: &str, variables: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let replaced = |text: &str, name: &str, value: &str| {
        text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value)
    };
    let mut all = vec![expression.to_owned()];
    for (name, interval) in INTERVALS {
        all = all.iter().map(|text| replaced(text, name, interval)).collect();
    }
    for (name, values) in variables {
        if expression.contains(&format!("${name}")) || expression.contains(&format!("${{{name}}}")) {
            all =
                all.iter().flat_map(|text| values.iter().map(|value| replaced(text, name, value))).collect();
        }
    }
    if let Some(left) = all.iter().find(|text| text.contains('$')) {
        panic!("a variable that is not known here: {left}");
    }
    all
}

#[test]
fn variables_and_intervals_are_filled_in() {
    let variables = BTreeMap::from([("service".to_owned(), vec!["user".to_owned(), "payment".to_owned()])]);
    assert_eq!(filled(r#"a{s="$service"}"#, &variables), [r#"a{s="user"}"#, r#"a{s="payment"}"#]);
    assert_eq!(filled("rate(a[$__rate_interval]) + b[${__range}]", &variables), ["rate(a[5m]) + b[5m]"]);
    assert!(std::panic::catch_unwind(|| filled("a{b=\"$unknown\"}", &BTreeMap::new())).is_err());
}
