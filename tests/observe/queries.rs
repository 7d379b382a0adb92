//! Each query finds something, and no alert fires.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use estore_testbed::{Queries, Series, ServiceName};
use estore_tests::until;
use futures::future::join_all;

use crate::{
    dashboards,
    exposition::{self, Metric},
    listed, promql, rules,
    scene::scene,
    standins,
};

/// The longest wait for the first value of something that is measured periodically.
const PATIENCE: Duration = Duration::from_secs(30);
/// The time after which every job has run once. The slowest runs after a minute.
const STARTED: Duration = Duration::from_secs(90);

/// Returns the problem with the answer, if there is one.
async fn wrong(queries: Queries, expressions: &[String]) -> Option<String> {
    let mut empty = String::new();
    // One value of the variables is enough, because not every service has everything.
    for expression in expressions {
        match queries.now(expression).await {
            Ok(found) if found.iter().any(|series| Series::value(series).is_some()) => return None,
            Ok(found) if found.is_empty() => empty = format!("nothing: {expression}"),
            Ok(_) => empty = format!("no number: {expression}"),
            Err(error) => return Some(format!("{error:#}")),
        }
    }
    Some(empty)
}

/// Returns every Prometheus query by its location.
async fn everything(queries: Queries) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    all.extend(dashboards::all(queries).await.into_iter().map(|query| (query.id, query.expressions)));
    all.extend(dashboards::engine().into_iter().map(|query| (query.id, query.expressions)));
    for rule in rules::all() {
        match (&rule.alert, &rule.record) {
            (Some(alert), None) => {
                // A silent alert finds nothing. It can see its subject if each of its series
                // exists, and if it has an answer once its comparisons yield 0 or 1. The second
                // check also proves that the labels match.
                for selector in promql::selectors(&rule.expr) {
                    all.insert(format!("{alert} / {selector}"), vec![selector]);
                }
                all.entry(alert.clone()).or_default().push(promql::asked(&rule.expr));
            }
            (None, Some(record)) => {
                all.entry(record.clone()).or_default().push(rule.expr.clone());
            }
            _ => panic!("{rule:?} is neither an alert nor a recording"),
        }
    }
    all
}

#[tokio::test]
async fn every_query_finds_something() {
    let queries = scene().prometheus.queries();
    let all = everything(queries).await;
    let ask = async || {
        let asked = all.iter().map(async |(id, expressions)| (id.clone(), wrong(queries, expressions).await));
        listed::wrong("empty", &join_all(asked).await.into_iter().collect())
    };
    let _nothing = until(PATIENCE, ask, Vec::is_empty).await;
}

#[tokio::test]
async fn no_alert_fires_in_a_healthy_shop() {
    let queries = scene().prometheus.queries();
    let rules = rules::all();
    let ask = async || {
        let mut found = BTreeMap::new();
        for rule in &rules {
            if let Some(alert) = &rule.alert {
                let series = queries.now(&rule.expr).await.unwrap();
                let problem = series.first().map(|one| format!("fires: {:?} {:?}", one.labels, one.value()));
                // Several rules may form one alert.
                let known: &mut Option<String> = found.entry(alert.clone()).or_default();
                *known = known.take().or(problem);
            }
        }
        listed::wrong("firing", &found)
    };
    // Checks without the `for` duration. Once everything has been running for a minute, a true
    // condition is already an error.
    let _silent = until(STARTED, ask, Vec::is_empty).await;
}

#[tokio::test]
async fn every_queried_name_is_exposed_by_a_service() {
    let scene = scene();
    let mut known: BTreeSet<String> = rules::all().into_iter().filter_map(|rule| rule.record).collect();
    // Series of Prometheus itself.
    known.extend(["up", "ALERTS", "scrape_duration_seconds", "scrape_samples_scraped"].map(str::to_owned));
    for service in ServiceName::WITH_STOREFRONT {
        let metrics = exposition::metrics(&scene.exposition(service).await);
        known.extend(metrics.iter().flat_map(|(name, metric)| exposition::names(name, metric)));
    }
    for (name, row) in standins::metrics() {
        let metric = Metric { kind: row.kind, ..Metric::default() };
        known.extend(exposition::names(&name, &metric));
    }
    let mut found = BTreeMap::new();
    for (id, expressions) in everything(scene.prometheus.queries()).await {
        for selector in expressions.iter().flat_map(|expression| promql::selectors(expression)) {
            let name = promql::name(&selector);
            let problem = (!name.is_empty() && !known.contains(name))
                .then(|| format!("{name}, used by {id}, is not there"));
            found.insert(name.to_owned(), problem);
        }
    }
    assert!(found.len() > 20, "{found:?}");
    listed::settle("unknown", &found);
}
