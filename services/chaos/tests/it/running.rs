//! The program, on a platform that records its calls.

use std::{net::TcpListener, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::{
    certificates::Authority,
    fake::Fake,
    http_client::{json, send, send_from},
    payment::Payment,
};

const SOON: Duration = Duration::from_secs(20);

/// The program, which ends with this value.
pub(crate) struct Running {
    pub(crate) platform: Arc<Fake>,
    pub(crate) payment: Payment,
    port: u16,
    management_port: u16,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Running {
    pub(crate) async fn start(platform: Fake) -> Self {
        Self::with(platform, "204 No Content").await
    }

    /// Starts the program and waits until it answers. Payment answers each switch with `status`.
    pub(crate) async fn with(platform: Fake, status: &'static str) -> Self {
        let authority = Authority::new();
        let payment = Payment::start(&authority, status).await;
        let [port, management_port] = free_ports();
        let env = authority.env(
            "chaos",
            &[
                ("SERVICE_PORT", port.to_string()),
                ("MANAGEMENT_PORT", management_port.to_string()),
                ("LISTEN_ADDRESS", "127.0.0.1".to_owned()),
                ("PAYMENT_SERVICE_URL", payment.url.clone()),
            ],
        );
        let platform = Arc::new(platform);
        let own = platform.clone();
        let task = tokio::spawn(async move {
            let _code = estore_chaos::run_within(&env, own).await.unwrap();
        });
        let running = Self { platform, payment, port, management_port, task };
        let _ready = until("it answers", async || send(port, "GET", "/ready", None).await).await;
        running
    }

    /// Waits until faults can be caused.
    pub(crate) async fn recovered(self) -> Self {
        until("it has recovered", async || {
            // Not offered, so it causes nothing.
            let body = serde_json::json!({"kind": "kill", "target": "redis"});
            (self.ask("POST", "/faults", Some(body)).await.0 == 422).then_some(())
        })
        .await;
        self
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        json(self.port, method, path, body).await
    }

    /// Does the same for a page of this origin. Returns the status.
    pub(crate) async fn ask_from(&self, origin: &str, request: (&str, &str), body: Option<&Value>) -> u16 {
        send_from(origin, self.port, request, body.map(Value::to_string).as_deref()).await
    }

    pub(crate) async fn begin(&self, body: Value) -> (u16, Value) {
        self.ask("POST", "/faults", Some(body)).await
    }

    pub(crate) async fn state(&self) -> Value {
        self.ask("GET", "/faults", None).await.1
    }

    /// Waits until the newest event has this outcome, and returns the state.
    pub(crate) async fn outcome(&self, outcome: &str) -> Value {
        until(outcome, async || {
            let state = self.state().await;
            (state["events"][0]["outcome"] == outcome).then_some(state)
        })
        .await
    }

    pub(crate) async fn metrics(&self) -> String {
        send(self.management_port, "GET", "/metrics", None).await.unwrap().1
    }
}

/// Waits until `check` returns a value.
pub(crate) async fn until<T>(what: &str, check: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + SOON;
    loop {
        if let Some(found) = check().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Returns two ports that were free a moment ago.
fn free_ports() -> [u16; 2] {
    let listeners = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
