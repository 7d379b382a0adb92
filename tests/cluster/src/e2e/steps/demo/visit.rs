//! A person with a browser visits the demonstration: `tests/browser/visit_demo.py`.

use anyhow::{Context, Result};

use super::api::Demo;
use crate::{
    cluster::{Cluster, RELEASE},
    forward::Forward,
    tool,
};

/// The customer that the chart's values name.
const CUSTOMER: &str = "customer@example.com";

/// Runs the visit, which is the command `browser`: a program and its arguments. Returns what it
/// saw.
pub(super) async fn run(browser: &str, demo: &Demo, place: &Cluster) -> Result<Vec<String>> {
    let shop = Forward::open(place, &format!("svc/{RELEASE}-storefront"), 8080).await?;
    let password = place.secret(&format!("{RELEASE}-shopper"), "customer-password").await?;
    let mut words = browser.split(' ');
    let program = words.next().context("E2E_BROWSER is empty")?;
    let environment = [
        ("DEMO_URL", format!("http://localhost:{}", shop.port)),
        ("DEMO_TRACES", demo.traces_url()),
        ("DEMO_EMAIL", CUSTOMER.to_owned()),
        ("DEMO_PASSWORD", password),
    ];
    let seen = tool::run_in(program, &words.collect::<Vec<_>>(), &environment).await?;
    Ok(seen.lines().map(str::to_owned).collect())
}
