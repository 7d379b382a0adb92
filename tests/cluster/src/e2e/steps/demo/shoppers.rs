//! The shoppers of a long run. Together they send the load. None may start again, because it would
//! forget the answers that its customers got.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use estore_contract::demo::{LoadRequest, LoadState};
use estore_tests::Client;

use super::{
    AUDIT, PATIENCE,
    api::{at, read, wait_for},
};
use crate::{cluster::Cluster, forward::Forward};

/// Each sends up to 50 orders a second.
const COUNT: usize = 3;
/// The port of their API.
const PORT: u16 = 8087;
/// The time until every outcome is known: a buyer asks for ten minutes at most.
const SETTLED: Duration = Duration::from_mins(11);

/// The shoppers, each in a pod of its own.
pub(super) struct Shoppers<'a> {
    place: &'a Cluster,
    http: Client,
    each: Vec<Shopper>,
}

struct Shopper {
    pod: String,
    port: Forward,
    seen: Seen,
}

/// The counts of a shopper so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) orders: u64,
    pub(super) requests: u64,
    /// The orders that were compared with the answers to their customers.
    pub(super) compared: u64,
    /// The most orders that contradicted an answer.
    pub(super) contradicted: u64,
    /// The rate that the dial shows.
    dial: u32,
}

impl<'a> Shoppers<'a> {
    /// Starts them, and waits until each has its first buyers.
    pub(super) async fn start(place: &'a Cluster, http: Client) -> Result<Self> {
        let count = format!("--replicas={COUNT}");
        place.kubectl(&["scale", "deployment", "estore-shopper", &count]).await?;
        place.rolled_out("shopper").await?;
        let mut each = Vec::new();
        for pod in place.pods("shopper").await? {
            let port = open(place, &pod.name).await?;
            each.push(Shopper { pod: pod.name, port, seen: Seen::default() });
        }
        ensure!(each.len() == COUNT, "{} shoppers", each.len());
        let shoppers = Self { place, http, each };
        wait_for("every shopper is ready", AUDIT, async || {
            Ok(shoppers.states().await?.iter().all(|state| state.ready).then_some(()))
        })
        .await?;
        Ok(shoppers)
    }

    /// Opens new ports to the same pods.
    pub(super) async fn reconnect(&mut self) -> Result<()> {
        for shopper in &mut self.each {
            shopper.port = open(self.place, &shopper.pod).await?;
        }
        Ok(())
    }

    /// Turns the dial of each.
    pub(super) async fn dial(&mut self, orders_per_minute: u32) -> Result<()> {
        let wanted = LoadRequest { orders_per_minute, mix: None };
        for Shopper { port, seen, .. } in &mut self.each {
            wait_for("a dial turns", PATIENCE, async || {
                let set: LoadState = read(self.http.put(at(port, "/load")).json(&wanted), 200).await?;
                Ok(Some(set))
            })
            .await?;
            seen.dial = orders_per_minute;
        }
        Ok(())
    }

    /// Returns the state of each, in the same order.
    pub(super) async fn states(&self) -> Result<Vec<LoadState>> {
        let mut states = Vec::new();
        for shopper in &self.each {
            let state = read(self.http.get(at(&shopper.port, "/load")), 200).await;
            states.push(state.with_context(|| shopper.pod.clone())?);
        }
        Ok(states)
    }

    /// Adds the next states. An error means that a shopper was started again.
    pub(super) fn add(&mut self, states: &[LoadState]) -> Result<()> {
        for (shopper, state) in self.each.iter_mut().zip(states) {
            shopper.seen.add(state).with_context(|| shopper.pod.clone())?;
        }
        Ok(())
    }

    /// Waits until every outcome is known, and each has made a comparison after that.
    pub(super) async fn settled(&self) -> Result<()> {
        let known = wait_for("every outcome is known", SETTLED, async || {
            let states = self.states().await?;
            Ok(states.iter().all(|state| state.counts.unknown == 0).then_some(states))
        })
        .await?;
        wait_for("each shopper compares once more", PATIENCE, async || {
            let states = self.states().await?;
            let mut both = known.iter().zip(&states);
            let again = both.all(|(was, is)| was.told.last_compared_at != is.told.last_compared_at);
            Ok(again.then_some(()))
        })
        .await
    }

    /// Returns the sums of all.
    pub(super) fn sum(&self) -> Seen {
        self.each.iter().fold(Seen::default(), |sum, Shopper { seen, .. }| Seen {
            orders: sum.orders + seen.orders,
            requests: sum.requests + seen.requests,
            compared: sum.compared + seen.compared,
            contradicted: sum.contradicted + seen.contradicted,
            dial: sum.dial + seen.dial,
        })
    }

    /// Checks that each has compared orders.
    pub(super) fn all_compared(&self) -> Result<()> {
        for Shopper { pod, seen, .. } in &self.each {
            ensure!(seen.compared > 0, "{pod} has compared no order with the answers to its customer");
        }
        Ok(())
    }
}

async fn open(place: &Cluster, pod: &str) -> Result<Forward> {
    Forward::open(place, &format!("pod/{pod}"), PORT).await
}

impl Seen {
    /// Takes the counts of a later state, and keeps the most contradictions.
    fn add(&mut self, later: &LoadState) -> Result<()> {
        let (counts, told) = (later.counts, &later.told);
        let goes_on = counts.requests >= self.requests && later.orders_per_minute == self.dial;
        let (requests, dial) = (counts.requests, later.orders_per_minute);
        ensure!(goes_on, "it was started again: {requests} requests, the dial at {dial}, after {self:?}");
        *self = Self {
            orders: counts.orders,
            requests,
            compared: told.compared,
            contradicted: self.contradicted.max(told.disagreements),
            dial,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use estore_contract::demo::{LoadCounts, Mix, Told};

    use super::*;

    fn state(requests: u64, disagreements: u64, orders_per_minute: u32) -> LoadState {
        LoadState {
            orders_per_minute,
            mix: Mix { browse: 0, basket: 0, order: 1, decline: 0, cancel: 0, refund: 0 },
            ready: true,
            running_since: None,
            counts: LoadCounts { orders: requests / 2, requests, ..LoadCounts::default() },
            told: Told { compared: requests / 4, disagreements, ..Told::default() },
        }
    }

    #[test]
    fn most_contradictions_of_a_shopper_are_kept() {
        let mut seen = Seen::default();
        for (requests, disagreements) in [(40, 2), (80, 1), (80, 0)] {
            seen.add(&state(requests, disagreements, 0)).unwrap();
        }
        assert_eq!(seen, Seen { orders: 40, requests: 80, compared: 20, contradicted: 2, dial: 0 });
    }

    #[test]
    fn shopper_that_was_started_again_is_found() {
        let mut seen = Seen { dial: 3000, ..Seen::default() };
        seen.add(&state(100, 0, 3000)).unwrap();
        let fewer = seen.add(&state(99, 0, 3000)).unwrap_err();
        assert!(fewer.to_string().contains("99 requests"), "{fewer}");
        let stopped = seen.add(&state(101, 0, 0)).unwrap_err();
        assert!(stopped.to_string().contains("the dial at 0"), "{stopped}");
        assert_eq!(seen.requests, 100);
    }
}
