//! The APIs of the demonstration's parts, through ports of this machine.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use estore_contract::demo::{
    FaultEvent, FaultKind, FaultOutcome, FaultRequest, FaultState, FaultTarget, LoadState, Requester,
    Timetable,
};
use estore_tests::{Answer, Client, RequestBuilder, http};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::sleep;

use super::PATIENCE;
use crate::{
    cluster::{Cluster, RELEASE},
    forward::Forward,
};

/// The interval between two looks.
const INTERVAL: Duration = Duration::from_millis(500);

/// The parts of a demonstration.
pub(super) struct Demo {
    pub(super) http: Client,
    chaos: Forward,
    shopper: Forward,
    prometheus: Forward,
    traces: Forward,
}

impl Demo {
    pub(super) async fn open(place: &Cluster) -> Result<Self> {
        let open =
            async |part: &str, port: u16| Forward::open(place, &format!("svc/{RELEASE}-{part}"), port).await;
        Ok(Self {
            http: http(),
            chaos: open("chaos", 8086).await?,
            shopper: open("shopper", 8087).await?,
            prometheus: open("prometheus", 9090).await?,
            traces: open("traces", 16686).await?,
        })
    }

    /// Returns the address of the trace store's API.
    pub(super) fn traces_url(&self) -> String {
        at(&self.traces, "")
    }

    /// Returns the state of the load.
    pub(super) async fn load(&self) -> Result<LoadState> {
        read(self.http.get(at(&self.shopper, "/load")), 200).await
    }

    /// Waits until `orders` have completed since the start.
    pub(super) async fn completed(&self, orders: u64, patience: Duration) -> Result<()> {
        wait_for("orders complete", patience, async || {
            let load = self.load().await?;
            Ok((load.ready && load.counts.completed >= orders).then_some(()))
        })
        .await
    }

    /// Requests a fault, and waits until it is over. It must have succeeded.
    pub(super) async fn strike(
        &self,
        kind: FaultKind,
        target: FaultTarget,
        seconds: Option<u32>,
    ) -> Result<FaultEvent> {
        let fault = FaultRequest { kind, target, seconds, by: Some(Requester::Api) };
        let begun: FaultEvent = read(self.http.post(at(&self.chaos, "/faults")).json(&fault), 202).await?;
        let patience = PATIENCE + Duration::from_secs(seconds.unwrap_or_default().into());
        let event = wait_for("the fault is over", patience, async || {
            let state: FaultState = read(self.http.get(at(&self.chaos, "/faults")), 200).await?;
            let is_over = |event: &FaultEvent| event.id == begun.id && event.outcome != FaultOutcome::Running;
            Ok(state.events.into_iter().find(is_over))
        })
        .await?;
        ensure!(event.outcome == FaultOutcome::Done, "{} failed: {:?}", kind.as_str(), event.detail);
        Ok(event)
    }

    /// Starts the timetable of faults.
    pub(super) async fn follow(&self, timetable: &Timetable) -> Result<()> {
        let request = self.http.put(at(&self.chaos, "/timetable")).json(timetable);
        let set: Timetable = read(request, 200).await?;
        ensure!(set == *timetable, "another timetable was set: {set:?}");
        Ok(())
    }

    /// Ends all faults and the timetable, and waits until they have ended.
    pub(super) async fn calm(&self) -> Result<()> {
        wait_for("all faults are over", PATIENCE, async || {
            // 503 if some faults take longer to end.
            let ended = Answer::try_of(self.http.delete(at(&self.chaos, "/faults"))).await?;
            ensure!(ended.status == 204, "{} instead of 204: {}", ended.status, ended.text);
            let state: FaultState = read(self.http.get(at(&self.chaos, "/faults")), 200).await?;
            Ok((state.active.is_empty() && state.timetable.is_none()).then_some(()))
        })
        .await
    }

    /// Waits for an audit that begins after now.
    pub(super) async fn audited_from_now(&self, patience: Duration) -> Result<()> {
        let now = self.number("vector(time())").await?.context("the time of Prometheus")?;
        wait_for("an audit that began after now", patience, async || {
            let began = "max(estore_audit_finished_timestamp_seconds - estore_audit_duration_seconds)";
            Ok(self.number(began).await?.filter(|began| *began > now).map(drop))
        })
        .await
    }

    /// Returns the first value of a query to Prometheus, if it finds one.
    pub(super) async fn number(&self, query: &str) -> Result<Option<f64>> {
        let request = self.http.get(at(&self.prometheus, "/api/v1/query")).query(&[("query", query)]);
        let found: Value = read(request, 200).await?;
        let value = found.pointer("/data/result/0/value/1").and_then(Value::as_str);
        value.map(|value| value.parse().with_context(|| value.to_owned())).transpose()
    }

    /// Returns the sum of the most violations of each equation in the last `seconds`. Metrics of
    /// pods that are gone count, too.
    pub(super) async fn violations(&self, seconds: u64) -> Result<f64> {
        let query = format!("sum(max by (equation) (max_over_time(estore_audit_violations[{seconds}s])))");
        self.number(&query).await?.context("no audit has told its violations")
    }

    /// Returns the number of faults in the last `seconds` that were caused and ended, also if chaos
    /// was started again since.
    pub(super) async fn faults(&self, seconds: u64) -> Result<f64> {
        let query = format!(r#"sum(increase(estore_chaos_faults_total{{outcome="done"}}[{seconds}s]))"#);
        self.number(&query).await?.context("chaos has told no faults")
    }

    /// Returns the programs of which there are traces.
    pub(super) async fn traced(&self) -> Result<Vec<String>> {
        let found: Value = read(self.http.get(at(&self.traces, "/api/services")), 200).await?;
        let names = found.get("data").cloned().unwrap_or_default();
        serde_json::from_value(names).with_context(|| found.to_string())
    }
}

pub(super) fn at(forward: &Forward, path: &str) -> String {
    format!("http://127.0.0.1:{}{path}", forward.port)
}

pub(super) async fn read<T: DeserializeOwned>(request: RequestBuilder, status: u16) -> Result<T> {
    let answer = Answer::try_of(request).await?;
    ensure!(answer.status == status, "{} instead of {status}: {}", answer.status, answer.text);
    serde_json::from_str(&answer.text).with_context(|| answer.text.clone())
}

/// Looks again and again until there is something. An error counts as nothing until the end.
pub(super) async fn wait_for<T>(
    what: &str,
    patience: Duration,
    look: impl AsyncFn() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + patience;
    loop {
        match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) if Instant::now() > deadline => bail!("waited in vain: {what}"),
            Err(error) if Instant::now() > deadline => return Err(error.context(what.to_owned())),
            Ok(None) | Err(_) => sleep(INTERVAL).await,
        }
    }
}
