//! `--observe`: a Prometheus beside the store, and a page that shows what it has.

use std::{path::Path, time::Duration};

use anyhow::Result;
use estore_stage::{Live, Prometheus, Scraping, ServiceName, Shop, Watched, ensure_free};

/// Where the page is.
pub(crate) const PAGE: u16 = 8090;
/// Where Prometheus is: not at its usual port, where the machine may have one already.
const PROMETHEUS: u16 = 8091;
const INTERVAL: Duration = Duration::from_secs(5);
/// The alerts that the chart has.
const RULES: &str = "charts/estore/files/alerts.yaml";

/// What observes. It ends when this is dropped.
pub(crate) struct Observer {
    pub(crate) prometheus: Prometheus,
    _page: Live,
}

/// Whether both can listen: asked before anything is started.
pub(crate) fn check() -> Result<()> {
    ensure_free([PAGE, PROMETHEUS])
}

pub(crate) async fn start(shop: &Shop) -> Result<Observer> {
    // By its whole name, as Prometheus looks for it beside its configuration.
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
    documents.into_iter().chain(others).collect()
}
