//! Stand-ins of the services, Chaos, the shopper and Prometheus, which note every change.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Json, Router,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use estore_base::clock::{Clock, SystemClock};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use time::{Duration, format_description::well_known::Rfc3339};
use tokio::{net::TcpListener, time::sleep};

use crate::stage::{Browser, Seen, Stage};

const ID: &str = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";
pub(super) const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
/// The time that faults take to end, if they end slowly: longer than other calls may take.
const SLOWLY: std::time::Duration = std::time::Duration::from_millis(2500);
/// The parts that can be away, by the beginning of their paths.
pub(super) const PARTS: [&str; 4] = ["/faults", "/load", "/api/v1", "/activity"];

/// All that stands behind the engine room.
#[derive(Default)]
pub(super) struct Shop {
    /// The changes that were asked for: method, path and body.
    pub(super) asked: Mutex<Vec<(String, Value)>>,
    /// The beginning of paths that do not answer.
    pub(super) away: Mutex<Option<&'static str>>,
    /// The calls that are refused, with status and code.
    pub(super) refuses: Mutex<BTreeMap<&'static str, (u16, &'static str)>>,
    /// The results of queries that contain a text.
    pub(super) measured: Mutex<BTreeMap<&'static str, Value>>,
    /// The orders that contradict what their customers saw.
    pub(super) disagreements: Mutex<u32>,
    pub(super) faults: Mutex<Vec<Value>>,
    /// True if faults end slowly.
    pub(super) ends_slowly: AtomicBool,
}

pub(super) fn ago(seconds: i64) -> String {
    (SystemClock.now() - Duration::seconds(seconds)).format(&Rfc3339).unwrap()
}

fn problem(status: u16, code: &str) -> Response {
    let body = json!({"error": "E", "message": format!("it is {code}"), "status_code": status, "code": code, "request_id": "r"});
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

/// Returns a vector of one number for each value of a label.
pub(super) fn vector(label: &str, values: &[(&str, &str)]) -> Value {
    values.iter().map(|(name, value)| json!({"metric": {label: name}, "value": [1, value]})).collect()
}

impl Shop {
    /// Measures a clean audit that ended a few seconds ago.
    fn measure(&self) {
        let mut measured = self.measured.lock().unwrap();
        measured.insert("time() - max(estore_audit", vector("", &[("", "12.5")]));
        measured.insert(
            "estore_audit_violations",
            vector("equation", &[("01_stock_bounds", "0"), ("05_money", "0")]),
        );
        measured.insert("estore_audit_checked", vector("what", &[("orders", "1234")]));
        measured.insert("estore_build_info", vector("service", &[("payment", "2")]));
        measured.insert("sum by (service) (up", vector("service", &[("payment", "2"), ("user", "1")]));
        measured.insert("60 * sum(rate(estore_orders_created", vector("", &[("", "87.6")]));
        measured.insert("min by (service) (redis_up", vector("service", &[("payment", "1")]));
        let calls = json!([{"metric": {"service": "payment", "peer": "inventory"}, "value": [1, "30.25"]}]);
        measured.insert("sum by (service, peer) (rate(estore_peer_call_duration_seconds_count{peer", calls);
    }

    fn query(&self, path: &str, query: &str) -> Response {
        if path == "/api/v1/alerts" {
            return Json(json!({"status": "success", "data": {"alerts": []}})).into_response();
        }
        let asked: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let measured = self.measured.lock().unwrap();
        let found = measured.iter().find(|(part, _)| {
            asked["query"].starts_with(**part) || asked["query"].contains(&format!("({part})"))
        });
        let found = found.map_or_else(|| json!([]), |(_, rows)| rows.clone());
        if path == "/api/v1/query" {
            return Json(json!({"status": "success", "data": {"resultType": "vector", "result": found}}))
                .into_response();
        }
        let matrix: Value = found
            .as_array()
            .unwrap()
            .iter()
            .map(|row| json!({"metric": row["metric"], "values": [[asked["start"].parse::<i64>().unwrap(), row["value"][1]], [asked["end"].parse::<i64>().unwrap(), row["value"][1]]]}))
            .collect();
        Json(json!({"status": "success", "data": {"resultType": "matrix", "result": matrix}})).into_response()
    }

    fn state(&self) -> Value {
        let events = self.faults.lock().unwrap().clone();
        json!({
            "platform": "processes",
            "kinds": [
                {"kind": "kill", "target": "payment", "durations": false},
                {"kind": "kill", "target": "redis", "durations": false},
                {"kind": "freeze", "target": "user", "durations": true},
                {"kind": "mail_down", "target": "mail", "durations": true}
            ],
            "active": [{"id": 3, "kind": "freeze", "target": "user", "ends_at": ago(-20)}],
            "timetable": null, "events": events,
        })
    }

    fn load(&self) -> Value {
        json!({
            "orders_per_minute": 240, "ready": true, "running_since": ago(60),
            "mix": {"browse": 4, "basket": 2, "order": 3, "decline": 1, "cancel": 1, "refund": 1},
            "counts": {"orders": 4321, "completed": 4000, "declined": 21, "refused": 0, "cancelled": 300, "refunds": 7, "unknown": 2, "requests": 99999},
            "told": {"operations": 5000, "compared": 4320, "disagreements": *self.disagreements.lock().unwrap(), "last_compared_at": ago(5), "offenders": []},
        })
    }

    fn write(&self, call: &str, body: &Value) -> Response {
        self.asked.lock().unwrap().push((call.to_owned(), body.clone()));
        match call {
            "POST /faults" => {
                let event = json!({"id": 4, "at": ago(0), "kind": body["kind"], "target": body["target"], "seconds": body["seconds"], "by": "button", "outcome": "running", "detail": "pod-7"});
                self.faults.lock().unwrap().push(event.clone());
                (StatusCode::ACCEPTED, Json(event)).into_response()
            }
            "DELETE /faults" | "DELETE /timetable" => StatusCode::NO_CONTENT.into_response(),
            "PUT /timetable" => Json(body.clone()).into_response(),
            "PUT /load" => Json(self.load()).into_response(),
            _ => problem(404, "not_found"),
        }
    }
}

fn activity() -> Value {
    let order = |number: &str, state: &str, trace: Value| {
        json!({
            "order_id": ID, "number": number, "status": if state == "completed" { "completed" } else { "pending" },
            "state": state, "total": {"amount": 2980, "currency": "USD"}, "trace_id": trace,
            "timeline": [{"state": "accepted", "at": ago(3)}, {"state": state, "at": ago(1)}],
        })
    };
    json!([order("06BT-DW1W", "completed", json!(TRACE)), order("06BT-DW1X", "reserved", json!(null))])
}

async fn answer(State(shop): State<Arc<Shop>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let path = parts.uri.path();
    if shop.away.lock().unwrap().is_some_and(|away| path.starts_with(away)) {
        return problem(503, "unavailable");
    }
    let call = format!("{} {path}", parts.method);
    if let Some((status, code)) = shop.refuses.lock().unwrap().get(call.as_str()) {
        return problem(*status, code);
    }
    if call == "DELETE /faults" && shop.ends_slowly.load(Ordering::SeqCst) {
        sleep(SLOWLY).await;
    }
    match (parts.method.as_str(), path) {
        ("GET", "/faults") => Json(shop.state()).into_response(),
        ("GET", "/load") => Json(shop.load()).into_response(),
        ("GET", "/activity") => Json(activity()).into_response(),
        ("GET", "/ready") => Json(json!({"status": "ready", "checks": {"redis": "ok"}})).into_response(),
        ("GET", path) if path.starts_with("/api/v1/") => {
            shop.query(path, parts.uri.query().unwrap_or_default())
        }
        ("GET", _) => problem(404, "not_found"),
        _ => shop.write(&call, &serde_json::from_slice(&body).unwrap_or_default()),
    }
}

/// A visitor of the engine room.
pub(super) struct Room {
    pub(super) shop: Arc<Shop>,
    pub(super) browser: Browser,
}

impl Room {
    /// Opens the engine room of a demonstration in which all is well.
    pub(super) async fn new() -> Self {
        Self::with(&["CHAOS_URL", "SHOPPER_URL", "PROMETHEUS_URL"]).await
    }

    /// Opens the engine room of a shop that has these components alone.
    pub(super) async fn with(components: &[&str]) -> Self {
        let shop = Arc::new(Shop::default());
        shop.measure();
        let router = Router::new().fallback(answer).with_state(shop.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let mut settings: Vec<(&str, &str)> =
            components.iter().map(|name| (*name, address.as_str())).collect();
        settings.extend([
            ("ENGINE", "true"),
            ("TRACES_LINK", "http://traces.example/trace/{trace}"),
            ("GRAFANA_LINK", "http://grafana.example/"),
            ("MAILBOX_LINK", "http://mails.example/"),
        ]);
        Self { browser: Stage::at(&address, &settings).browser(), shop }
    }

    pub(super) async fn open(&mut self) -> Seen {
        self.browser.get("/engine").await
    }

    /// Opens the page, and sends one of its forms.
    pub(super) async fn press(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        self.browser.submit("/engine", path, fields).await
    }

    pub(super) fn asked(&self) -> Vec<(String, Value)> {
        self.shop.asked.lock().unwrap().clone()
    }
}
