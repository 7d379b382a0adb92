//! `--observe`: a Prometheus beside the store, and a page that shows its data.

use std::{path::Path, time::Duration};

use anyhow::Result;
use estore_testbed::{Live, Prometheus, Scraping, ServiceName, Shop, Watched, ensure_free};

/// The port of the page.
pub(crate) const PAGE: u16 = 8090;
/// The port of Prometheus. It is not the usual one, which the machine may use already.
const PROMETHEUS: u16 = 8091;
const INTERVAL: Duration = Duration::from_secs(5);
/// The alert rules of the chart.
const RULES: &str = "charts/estore/files/alerts.yaml";

/// The running observers. They end when this value is dropped.
pub(crate) struct Observer {
    pub(crate) prometheus: Prometheus,
    _page: Live,
}

/// Checks that both ports are free, before anything starts.
pub(crate) fn check() -> Result<()> {
    ensure_free([PAGE, PROMETHEUS])
}

pub(crate) async fn start(shop: &Shop) -> Result<Observer> {
    // An absolute path, as Prometheus resolves relative ones from its configuration file.
    let rules = Path::new(RULES).canonicalize().ok();
    let has_rules = rules.is_some();
    let targets = shop.management_ports();
    let scraping = Scraping { interval: INTERVAL, targets: targets.clone(), rules, port: Some(PROMETHEUS) };
    let prometheus = Prometheus::start(&shop.directory().join("prometheus"), &scraping).await?;
    let watched = Watched {
        services: targets,
        mailbox: shop.mailbox.http_port,
        prometheus: PROMETHEUS,
        interval: INTERVAL,
        has_rules,
        links: links(shop),
    };
    Ok(Observer { prometheus, _page: Live::start(PAGE, watched).await? })
}

fn links(shop: &Shop) -> Vec<[String; 2]> {
    let documents = ServiceName::ALL
        .map(|name| [format!("API of the {name} service"), format!("{}/docs", shop.url(name))]);
    let others = [("Mailbox", shop.mailbox.http_port), ("Prometheus", PROMETHEUS)];
    let others = others.map(|(name, port)| [name.to_owned(), format!("http://localhost:{port}")]);
    let front = ["Shop".to_owned(), shop.url(ServiceName::Storefront)];
    [front].into_iter().chain(documents).chain(others).collect()
}
