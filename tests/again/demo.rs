//! `./dev up --demo`: faults on demand, in a shop that starts again what dies.

use std::time::{Duration, Instant};

use estore_tests::{Answer, until};
use serde_json::{Value, json};

use super::up::{Up, fresh};

const PATIENCE: Duration = Duration::from_mins(1);
const NO_LOAD: (&str, &str) = ("LOAD_ORDERS_PER_MINUTE", "0");

/// The API of the faults.
struct Faults(String);

impl Faults {
    async fn ask(&self, body: &Value) -> Answer {
        Answer::of(estore_tests::access().http.post(&self.0).json(body)).await
    }

    async fn answer(&self) -> bool {
        Answer::try_of(estore_tests::access().http.get(&self.0)).await.is_ok()
    }

    /// Causes a fault, and waits until it is over.
    async fn cause(&self, body: &Value) -> Value {
        let id = self.ask(body).await.expect(202).value()["id"].clone();
        until(PATIENCE, async || self.event(&id).await, |event| event["outcome"] != "running").await
    }

    async fn event(&self, id: &Value) -> Value {
        let state = Answer::of(estore_tests::access().http.get(&self.0)).await.expect(200).value();
        let events = state["events"].as_array().unwrap().clone();
        events.into_iter().find(|event| event["id"] == *id).unwrap()
    }
}

/// A freeze that was ended early must not cut the next one short.
async fn second_freeze_lasts(faults: &Faults, url: &str) {
    let body = |seconds: u32| json!({"kind": "freeze", "target": "verification", "seconds": seconds});
    let caused = async |seconds: u32| {
        let id = faults.ask(&body(seconds)).await.expect(202).value()["id"].clone();
        let event = async || faults.event(&id).await;
        until(PATIENCE, event, |event| event["detail"].is_string()).await
    };
    let _first = caused(3).await;
    let _ended = Answer::of(estore_tests::access().http.delete(&faults.0)).await.expect(204);
    let began = Instant::now();
    let _second = caused(8).await;
    answers(url).await;
    assert!(began.elapsed() > Duration::from_secs(7), "{:?}", began.elapsed());
}

/// Waits until a service answers.
async fn answers(url: &str) {
    let health = async || {
        let request = estore_tests::access().http.get(format!("{url}/health"));
        Answer::try_of(request).await.map_or(0, |answer| answer.status)
    };
    until(PATIENCE, health, |status| *status == 200).await;
}

#[tokio::test]
async fn demo_starts_again_what_its_faults_kill() {
    let directory = fresh("demo");
    let mut up = Up::started_as(&directory, &["--free-ports", "--demo"], &[NO_LOAD]);
    let faults = Faults(format!("{}/faults", up.address("Faults")));
    // The shop is ready a moment before its faults are.
    until(PATIENCE, async || faults.answer().await, |answers| *answers).await;
    for (target, url) in [("payment", Some(up.url("Payment"))), ("redis", None), ("postgres", None)] {
        let event = faults.cause(&json!({"kind": "kill", "target": target})).await;
        assert_eq!(event["outcome"], "done", "{event}");
        up.says(&format!("{target} died (exit status: 137) and was started again"));
        if let Some(url) = url {
            answers(&url).await;
        }
    }
    for (kind, target) in [("freeze", "verification"), ("mail_down", "mail"), ("gateway_slow", "gateway")] {
        let event = faults.cause(&json!({"kind": kind, "target": target, "seconds": 1})).await;
        assert_eq!(event["outcome"], "done", "{event}");
    }
    answers(&up.url("Verification")).await;
    second_freeze_lasts(&faults, &up.url("Verification")).await;
    let elsewhere = faults.ask(&json!({"kind": "freeze", "target": "storefront", "seconds": 1})).await;
    assert_eq!(elsewhere.status, 422, "{}", elsewhere.text);
    let room = estore_tests::access().http.get(format!("{}/engine", up.address("Shop")));
    assert!(Answer::of(room).await.expect(200).text.contains("<html"));
    up.stop();
}

#[tokio::test]
async fn observed_shop_has_an_engine_room_without_faults() {
    let directory = fresh("observed");
    let up = Up::started_as(&directory, &["--free-ports", "--observe"], &[]);
    assert!(!up.said.contains("Faults "), "{}", up.said);
    let room = estore_tests::access().http.get(up.address("Engine room"));
    assert!(Answer::of(room).await.expect(200).text.contains("<html"));
    up.stop();
}
