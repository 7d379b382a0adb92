//! The cost of observability: metrics, and traces of 1 % of requests sent to a collector, against a
//! replica that measures nothing.
//! The two take turns, so that both run under the same conditions.

use std::{
    io::{self, Write},
    time::Duration,
};

use anyhow::{Result, ensure};
use estore_testbed::{ServiceName::Inventory, Shop};
use estore_tests::{Collector, Customer};

use crate::{drive::Load, median};

/// The minimum share of the throughput that must remain.
const PROMISED: f64 = 0.95;
/// More than elsewhere, because the difference is small.
const ROUNDS: usize = 9;
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures the cost, and returns true if the promise holds.
pub(crate) async fn costs(shop: &Shop, customer: &Customer) -> Result<bool> {
    let collector = Collector::default();
    let endpoint = collector.listen().await?;
    let traced = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.01"),
    ];
    let mut watched = shop.another(Inventory, &traced)?;
    let mut unwatched = shop.another(Inventory, &[("METRICS", "false")])?;
    watched.ready(PATIENCE).await?;
    unwatched.ready(PATIENCE).await?;
    let load = |port: u16| Load {
        url: format!("http://127.0.0.1:{port}/products/MUG-ENAMEL-01"),
        token: customer.access_token.clone(),
    };
    let (with, without) = (load(watched.port), load(unwatched.port));
    let mut ratios = Vec::new();
    for round in 1..=ROUNDS {
        // The first of a round has a small advantage or disadvantage, so they take turns in that,
        // too.
        let (theirs, ours) = if round % 2 == 0 {
            (without.run().await?, with.run().await?)
        } else {
            let ours = with.run().await?;
            (without.run().await?, ours)
        };
        writeln!(io::stdout(), "round {round}: unwatched {theirs:.0}/s, watched {ours:.0}/s")?;
        ratios.push(ours / theirs);
    }
    watched.stop().await?;
    unwatched.stop().await?;
    ensure!(!collector.steps(|_| true).is_empty(), "no trace has reached the collector");
    let left = median(ratios);
    let verdict = if left >= PROMISED { "as promised" } else { "MORE THAN PROMISED" };
    writeln!(
        io::stdout(),
        "metrics, and traces of 1 %: {:.1} % of the throughput ({verdict}: at most {:.0} %)",
        (1.0 - left) * 100.0,
        (1.0 - PROMISED) * 100.0
    )?;
    Ok(left >= PROMISED)
}
