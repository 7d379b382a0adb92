//! `--observe`: a Prometheus beside the store, for the engine room of the storefront.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result};
use estore_testbed::{Prometheus, Scraping, Shop, installed};

use crate::{ports::Beside, up::Extras};

const INTERVAL: Duration = Duration::from_secs(5);
/// The alert rules of the chart.
const RULES: &str = "charts/estore/files/alerts.yaml";

/// Checks that Prometheus can start, before anything does.
pub(crate) fn check() -> Result<()> {
    let found = installed(&["prometheus"]);
    found.context("install the package prometheus (brew install prometheus), then start again").map(drop)
}

/// Starts Prometheus, which reads the metrics of the shop and, in a demo, of chaos and shopper.
pub(crate) async fn start(shop: &Shop, ports: &Beside, extras: Extras) -> Result<Prometheus> {
    // An absolute path, as Prometheus resolves relative ones from its configuration file.
    let rules = Path::new(RULES).canonicalize().ok();
    let others = [("chaos", ports.chaos.management), ("shopper", ports.shopper.management)];
    let scraping = Scraping {
        interval: INTERVAL,
        targets: shop.management_ports(),
        others: others.into_iter().filter(|_| extras.demo).collect(),
        rules,
        port: Some(ports.prometheus),
    };
    Prometheus::start(&shop.directory().join("prometheus"), &scraping).await
}
