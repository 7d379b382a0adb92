//! A shop whose traces are collected.

use std::time::Duration;

use estore_stage::{Options, Shop};
use estore_tests::{Access, Collector, Step, directory, options, unique_id, until};

pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// The step of a client that calls.
pub(super) const CLIENT: &str = "00f067aa0ba902b7";

pub(super) struct Stand {
    pub(super) shop: Shop,
    pub(super) access: Access,
    pub(super) collector: Collector,
}

impl Stand {
    /// With its data in the directory `name`, and these settings beside the usual ones.
    pub(super) async fn start(name: &str, settings: &[(&str, &str)]) -> Self {
        let place = directory(name);
        Shop::erase(&place).unwrap();
        let collector = Collector::default();
        let endpoint = collector.listen().await.unwrap();
        // Sent at once, so that tests need not wait for the usual 5 s.
        let usual = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
        let settings = [&usual[..], settings].concat();
        let shop = Shop::start(Options { faults: true, ..options(place, &settings) }).await.unwrap();
        let access = Access::to(&shop);
        Self { shop, access, collector }
    }

    /// The steps of a trace, once these are `wanted` and the step around each of them has come, too: a service sends its own steps,
    /// so that the caller's may come first.
    pub(super) async fn trace(&self, id: &str, wanted: impl Fn(&[Step]) -> bool) -> Vec<Step> {
        let whole = |steps: &[Step]| {
            steps.iter().all(|step| {
                ["", CLIENT].contains(&step.parent.as_str())
                    || steps.iter().any(|other| other.id == step.parent)
            })
        };
        until(PATIENCE, async || self.collector.trace(id), |steps| wanted(steps) && whole(steps)).await
    }

    /// The steps called `name` that are due to something in the trace `id`, once there are any.
    pub(super) async fn due_to(&self, id: &str, name: &str) -> Vec<Step> {
        let due = |step: &Step| step.name == name && step.links.iter().any(|(trace, _)| trace == id);
        until(PATIENCE, async || self.collector.steps(due), |steps| !steps.is_empty()).await
    }
}

/// What a client sends: a new trace, its id and the header.
pub(super) fn traceparent(sampled: bool) -> (String, String) {
    let id = unique_id().simple().to_string();
    let header = format!("00-{id}-{CLIENT}-0{}", u8::from(sampled));
    (id, header)
}
