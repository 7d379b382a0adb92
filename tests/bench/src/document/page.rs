//! The page: the template with the tables.

use std::collections::BTreeMap;

use super::{Chart, Document, compared, grown};
use crate::{machine::Facts, paths::Path};

const TEMPLATE: &str = include_str!("../../template.md");

/// Renders the page. It links the charts by file name.
pub(crate) fn page(document: &Document, charts: &BTreeMap<String, Chart>) -> String {
    let pictures = |begin: &str| {
        let own = charts.iter().filter(|(name, _)| name.starts_with(begin));
        let lines = own.map(|(name, chart)| format!("\n![{}](performance/{name}.svg)\n", chart.title));
        lines.collect::<Vec<_>>().concat()
    };
    let not = |command: &str| format!("Not measured yet: `{command}` writes this part.\n");
    let comparison = document.comparison.as_ref().map_or_else(|| not("./dev bench"), compared::tables);
    let catalogue =
        document.catalogue.as_ref().map_or_else(|| not("./dev bench --grow=catalogue"), grown::catalogue);
    let orders = document.orders.as_ref().map_or_else(|| not("./dev bench --grow=orders"), grown::orders);
    TEMPLATE
        .replace("{{paths}}\n", &paths())
        .replace("{{comparison}}\n", &(comparison + &pictures("latency-")))
        .replace("{{catalogue}}\n", &(catalogue + &pictures("catalogue-")))
        .replace("{{orders}}\n", &(orders + &pictures("orders-")))
}

fn paths() -> String {
    let row = |path: Path| {
        let floor = path.floor().unwrap_or("–").to_owned();
        vec![path.to_string(), path.request().to_owned(), path.connections().to_string(), floor]
    };
    table(&["path", "request", "connections", "the floor does"], Path::COMPARED.map(row))
}

/// Returns a paragraph about the machine.
pub(super) fn machine(facts: &Facts) -> String {
    let Facts { date, cpu, cores, memory, kernel, versions } = facts;
    format!("Measured {date}: {cpu}, {cores} cores, {memory}, Linux {kernel}.\n{}.\n", versions.join(", "))
}

/// Renders a table.
pub(super) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rule = vec!["---".to_owned(); head.len()];
    let rows: String = rows.into_iter().map(|row| line(&row)).collect();
    line(&head) + &line(&rule) + &rows
}
