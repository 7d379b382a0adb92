//! The requirements for every dashboard.

use std::{collections::BTreeSet, fs};

use estore_contract::Currency;
use estore_dashboards::{Dashboard, Kind, Panel, THOUSANDTHS, Unit, WHOLE, all};
use serde_json::Value;

use crate::{metrics, project, promql::series};

fn panels(dashboard: &Dashboard) -> impl Iterator<Item = &Panel> {
    dashboard.rows.iter().flat_map(|row| &row.panels)
}

/// Returns every query of every dashboard, with its panel.
fn queries() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for dashboard in all() {
        for panel in panels(&dashboard) {
            let place = format!("{}: {}", dashboard.title, panel.title);
            found.extend(panel.queries.iter().map(|query| (place.clone(), query.expr.clone())));
        }
    }
    found
}

#[test]
fn panel_has_a_query_and_a_description() {
    for dashboard in all() {
        for panel in panels(&dashboard) {
            let place = format!("{}: {}", dashboard.title, panel.title);
            assert!(!panel.queries.is_empty(), "{place} asks nothing");
            assert!(
                panel.description.len() > 20 && panel.description.ends_with(['.', '?', ')']),
                "{place}: {}",
                panel.description
            );
            let many = panel.kind != Kind::Stat || panel.queries.len() > 1;
            assert!(
                !many || panel.queries.iter().all(|query| !query.legend.is_empty()),
                "{place} has lines without a name"
            );
        }
    }
}

#[test]
fn share_has_a_limit() {
    for dashboard in all() {
        for panel in panels(&dashboard).filter(|panel| matches!(panel.unit, Unit::Share | Unit::Health)) {
            // A low hit rate is no fault.
            let bad = panel.bad != estore_dashboards::Bad::Never || panel.title == "Cache hits";
            assert!(bad, "{}: {} has no limit", dashboard.title, panel.title);
        }
    }
}

#[test]
fn titles_numbers_and_addresses_are_unique() {
    let mut addresses = BTreeSet::new();
    for dashboard in all() {
        let json = dashboard.json();
        assert!(addresses.insert(json["uid"].to_string()), "{}", dashboard.title);
        for key in ["id", "title"] {
            let mut seen = BTreeSet::new();
            for panel in json["panels"].as_array().unwrap() {
                assert!(
                    seen.insert(panel[key].to_string()),
                    "{}: {key} {} is there twice",
                    dashboard.title,
                    panel[key]
                );
            }
        }
    }
}

#[test]
fn panels_fit_the_grid_without_overlap() {
    for dashboard in all() {
        let json = dashboard.json();
        let mut taken = BTreeSet::new();
        for panel in json["panels"].as_array().unwrap() {
            let side = |name: &str| panel["gridPos"][name].as_u64().unwrap();
            assert!(side("x") + side("w") <= 24 && side("w") > 0 && side("h") > 0, "{}", panel["title"]);
            for x in side("x")..side("x") + side("w") {
                for y in side("y")..side("y") + side("h") {
                    assert!(taken.insert((x, y)), "{}: {}", dashboard.title, panel["title"]);
                }
            }
        }
    }
}

#[test]
fn queries_use_existing_metrics_of_a_service() {
    for (place, query) in queries() {
        let series = series(&query);
        assert!(!series.is_empty(), "{place}: {query}");
        for one in series {
            metrics::judge(&one).unwrap_or_else(|wrong| panic!("{place}: {wrong}"));
        }
    }
}

#[test]
fn queries_use_only_service_and_interval_variables() {
    for (place, query) in queries() {
        let left = query.replace("$service", "").replace("$__rate_interval", "");
        assert!(!left.contains('$'), "{place}: {query}");
        assert_eq!(query.contains("$service"), place.contains("/ Service:"), "{place}: {query}");
    }
}

#[test]
fn quantiles_cover_all_replicas() {
    for (place, query) in queries() {
        assert_eq!(
            query.matches("histogram_quantile(").count(),
            query.matches("sum by (le").count(),
            "{place}: {query}"
        );
    }
}

#[test]
fn linked_dashboards_and_runbooks_exist() {
    let alerts = fs::read_to_string(project("charts/estore/files/alerts.yaml")).unwrap();
    let names: Vec<&str> = all().iter().map(|dashboard| dashboard.name).collect();
    for dashboard in all() {
        for panel in panels(&dashboard) {
            assert!(
                panel.more.is_none_or(|more| names.contains(&more) && more != dashboard.name),
                "{}",
                panel.title
            );
            for runbook in panel
                .description
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| word.starts_with("EStore"))
            {
                assert!(
                    alerts.contains(&format!("alert: {runbook}\n")),
                    "{}: there is no {runbook}",
                    panel.title
                );
            }
        }
    }
}

#[test]
fn every_metric_has_a_panel() {
    let asked: String = queries().into_iter().map(|(_, query)| query + "\n").collect();
    // Too detailed for a panel.
    assert_eq!(
        metrics::besides(&series(&asked)),
        ["estore_verifications_total", "process_virtual_memory_bytes"]
    );
}

#[test]
fn currencies_have_the_digits_of_the_contract() {
    let among = |codes: &str, code: &str| codes.split('|').any(|one| one == code);
    let mut seen = 0;
    let letters = || 'A'..='Z';
    for code in letters().flat_map(|a| {
        letters().flat_map(move |b| letters().map(move |c| [a, b, c].iter().collect::<String>()))
    }) {
        let Ok(currency) = code.parse::<Currency>() else { continue };
        let digits = match (among(WHOLE, &code), among(THOUSANDTHS, &code)) {
            (true, _) => 0,
            (_, true) => 3,
            _ => 2,
        };
        assert_eq!(digits, currency.digits(), "{code}");
        seen += 1;
    }
    assert!(seen > 100);
}

#[test]
fn dashboard_fits_a_config_map() {
    for dashboard in all() {
        let text = serde_json::to_string_pretty(&dashboard.json()).unwrap();
        assert!(text.len() < 512 * 1024, "{} has {} bytes", dashboard.title, text.len());
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["schemaVersion"], 39);
    }
}

#[test]
fn engine_room_uses_queries_of_panels() {
    let queries = estore_dashboards::queries(&all()).unwrap();
    let file = project("services/storefront/src/engine/queries.json");
    let kept: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(queries, kept, "run ./dev generate");
    for (name, query) in queries.as_object().unwrap() {
        let expression = query["query"].as_str().unwrap();
        assert!(!expression.contains("$service"), "{name} is of one service");
    }
}

#[test]
fn every_dashboard_marks_faults_on_demand() {
    for dashboard in all() {
        let json = dashboard.json();
        let marks = json["annotations"]["list"].as_array().unwrap();
        assert_eq!(marks.len(), 2);
        for mark in marks {
            for one in series(mark["expr"].as_str().unwrap()) {
                metrics::judge(&one).unwrap_or_else(|wrong| panic!("{}: {wrong}", dashboard.title));
            }
        }
    }
}
