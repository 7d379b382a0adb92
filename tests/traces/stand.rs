//! A shop whose traces are collected.

use std::time::Duration;

use estore_testbed::{Options, Shop};
use estore_tests::{Access, Collector, Step, directory, fresh, unique_id, until};

pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// The span id of a calling client.
pub(super) const CLIENT: &str = "00f067aa0ba902b7";

pub(super) struct Stand {
    pub(super) shop: Shop,
    pub(super) access: Access,
    pub(super) collector: Collector,
}

impl Stand {
    /// Starts a shop with its data in the directory `name`, and with these settings on top of the
    /// usual ones.
    pub(super) async fn start(name: &str, settings: &[(&str, &str)]) -> Self {
        let collector = Collector::default();
        let endpoint = collector.listen().await.unwrap();
        // Sends spans at once, so that tests need not wait for the usual 5 s.
        let usual = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
        let settings = [&usual[..], settings].concat();
        let shop = Shop::start(Options { faults: true, ..fresh(directory(name), &settings) }).await.unwrap();
        let access = Access::to(&shop);
        Self { shop, access, collector }
    }

    /// Returns the spans of a trace, once they are `wanted` and the span around each of them has
    /// arrived too. Each service sends its own spans, so the caller's may come first.
    pub(super) async fn trace(&self, id: &str, wanted: impl Fn(&[Step]) -> bool) -> Vec<Step> {
        let whole = |steps: &[Step]| {
            steps.iter().all(|step| {
                ["", CLIENT].contains(&step.parent.as_str())
                    || steps.iter().any(|other| other.id == step.parent)
            })
        };
        until(PATIENCE, async || self.collector.trace(id), |steps| whole(steps) && wanted(steps)).await
    }

    /// Returns the spans called `name` that link to the trace `id`, once there are any.
    pub(super) async fn due_to(&self, id: &str, name: &str) -> Vec<Step> {
        let due = |step: &Step| step.name == name && step.links.iter().any(|(trace, _)| trace == id);
        until(PATIENCE, async || self.collector.steps(due), |steps| !steps.is_empty()).await
    }
}

/// Creates a client's new trace, and returns its id and the header.
pub(super) fn traceparent(sampled: bool) -> (String, String) {
    let id = unique_id().simple().to_string();
    let header = format!("00-{id}-{CLIENT}-0{}", u8::from(sampled));
    (id, header)
}
