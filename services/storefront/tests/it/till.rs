//! Orders and cards that stand in for those of the Payment Service, and its faults.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use estore_contract::{OrderId, UserId};
use serde_json::{Value, json};

pub(crate) const USER: &str = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";
pub(crate) const CARD: &str = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a0c";
const NEW_CARD: &str = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a0d";

/// The fault of the next request for an order.
pub(crate) enum Fault {
    /// The order is made, and its answer is lost.
    AnswerLost,
    /// Nothing happens, and nobody answers.
    Away,
    /// The order is refused with this body, and the refusal is kept.
    Refused(Value),
    /// The request is refused with this body before there is an order.
    NotMade(Value),
}

/// The orders by key, with the body of their request.
#[derive(Default)]
pub(crate) struct Till {
    pub(crate) faults: Mutex<VecDeque<Fault>>,
    orders: Mutex<BTreeMap<String, (Value, Value)>>,
    cards: Mutex<BTreeMap<String, Value>>,
    /// True while orders cannot be read.
    pub(crate) is_unread: Mutex<bool>,
    /// True while reads of orders and cards are too many.
    pub(crate) are_reads_limited: AtomicBool,
    /// True while requests for orders get no answer at all.
    pub(crate) hangs: AtomicBool,
    /// True while the emails about orders cannot be read.
    pub(crate) is_mail_unread: Mutex<bool>,
    /// True while requests for those emails get no answer at all.
    pub(crate) mail_hangs: AtomicBool,
}

impl Till {
    pub(crate) fn orders(&self) -> usize {
        self.orders.lock().unwrap().len()
    }

    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().unwrap().extend(faults);
    }

    /// Cancels all orders, as their client or an admin does: without a failure.
    pub(crate) fn cancel(&self) {
        for (_, order) in self.orders.lock().unwrap().values_mut() {
            order["status"] = json!("cancelled");
        }
    }

    /// Answers a request to the Payment Service, or returns `None` for other paths.
    pub(crate) fn answer(
        &self,
        method: &str,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<Response> {
        let key = headers.get("idempotency-key").map(|key| key.to_str().unwrap().to_owned());
        let read = || serde_json::from_slice::<Value>(body).unwrap();
        Some(match (method, uri.path()) {
            ("GET", path)
                if self.are_reads_limited.load(Ordering::SeqCst)
                    && (path == "/payment-methods" || path.starts_with("/orders/")) =>
            {
                refused(&json!({"code": "rate_limited", "status_code": 429}))
            }
            ("GET", "/payment-methods") => {
                let saved = self.cards.lock().unwrap().values().cloned().collect::<Vec<_>>();
                let items: Vec<Value> = [card(CARD, "4242")].into_iter().chain(saved).collect();
                Json(json!({"items": items, "next_cursor": null})).into_response()
            }
            ("POST", "/payment-methods") => {
                let number = read()["details"]["card_number"].as_str().unwrap().to_owned();
                let saved = card(NEW_CARD, &number[number.len() - 4..]);
                let mut cards = self.cards.lock().unwrap();
                let first = cards.entry(key.unwrap()).or_insert_with(|| saved.clone());
                if *first != saved {
                    return Some(refused(&json!({"code": "idempotency_key_reused", "status_code": 422})));
                }
                (StatusCode::CREATED, Json(saved)).into_response()
            }
            ("POST", "/orders") => self.place(&key.unwrap(), read()),
            // The latest event of an order is always its last.
            ("GET", path) if path.ends_with("/events") && headers.contains_key("last-event-id") => {
                StatusCode::NO_CONTENT.into_response()
            }
            ("GET", path) if path.starts_with("/orders/") => self.find(path),
            _ => return None,
        })
    }

    fn place(&self, key: &str, request: Value) -> Response {
        let mut orders = self.orders.lock().unwrap();
        let mut faults = self.faults.lock().unwrap();
        // A limit comes before the key.
        if matches!(faults.front(), Some(Fault::NotMade(_)))
            && let Some(Fault::NotMade(body)) = faults.pop_front()
        {
            return refused(&body);
        }
        if let Some((first, order)) = orders.get(key) {
            return if *first == request {
                ([("idempotent-replayed", "true")], made(order)).into_response()
            } else {
                let id = order["id"].clone();
                refused(&json!({"code": "idempotency_key_reused", "status_code": 422, "order_id": id}))
            };
        }
        let mut order = order(key, &request);
        match faults.pop_front() {
            Some(Fault::Away) => return away(),
            Some(Fault::NotMade(body)) => return refused(&body),
            Some(Fault::AnswerLost) => {
                orders.insert(key.to_owned(), (request, order));
                return away();
            }
            Some(Fault::Refused(body)) => {
                order["status"] = json!("cancelled");
                order["failure"] = json!({"code": body["code"], "message": "m"});
                order["refusal"] = body;
            }
            None => {}
        }
        let answer = made(&order);
        orders.insert(key.to_owned(), (request, order));
        answer
    }

    /// Lists the emails about any order, as the Verification Service does.
    fn emails(&self) -> Response {
        if *self.is_mail_unread.lock().unwrap() {
            return away();
        }
        let email = |purpose: &str, status: &str| {
            json!({"purpose": purpose, "recipient": "a***@example.com", "status": status,
                "created_at": "2026-11-30T22:34:02Z", "sent_at": null})
        };
        let items = [email("order_confirmed", "sent"), email("order_refunded", "bounced")];
        Json(json!({"items": items})).into_response()
    }

    fn find(&self, path: &str) -> Response {
        let name = path.trim_start_matches("/orders/");
        if *self.is_unread.lock().unwrap() {
            return away();
        }
        if let Some(of) = name.strip_suffix("/events") {
            return format!("event: order\ndata: {of}\n\n").into_response();
        }
        if name.ends_with("/refunds") {
            return Json(json!({"items": []})).into_response();
        }
        if name.ends_with("/emails") {
            return self.emails();
        }
        let orders = self.orders.lock().unwrap();
        let mut found = orders.values().map(|(_, order)| order);
        match found.find(|order| order["id"] == name || order["number"] == name) {
            Some(order) => Json(order).into_response(),
            None => refused(&json!({"code": "not_found", "status_code": 404})),
        }
    }
}

fn made(order: &Value) -> Response {
    match order.get("refusal") {
        Some(refusal) => refused(refusal),
        None => (StatusCode::CREATED, Json(order.clone())).into_response(),
    }
}

fn refused(body: &Value) -> Response {
    let mut body = body.clone();
    for name in ["error", "message", "request_id"] {
        body[name] = json!("");
    }
    let status = u16::try_from(body["status_code"].as_u64().unwrap()).unwrap();
    let mut answer = (StatusCode::from_u16(status).unwrap(), Json(body)).into_response();
    if status == 429 {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("7"));
    }
    answer
}

fn away() -> Response {
    StatusCode::BAD_GATEWAY.into_response()
}

fn card(id: &str, last4: &str) -> Value {
    json!({
        "id": id, "payment_type": "Card", "created_at": "2026-11-23T12:00:00Z",
        "details": {"brand": "visa", "last4": last4, "expiry_month": 4, "expiry_year": 2099},
    })
}

fn order(key: &str, request: &Value) -> Value {
    let id = OrderId::of(UserId(USER.parse().unwrap()), key);
    let line = &request["items"][0];
    json!({
        "id": id, "number": id.number(), "status": "completed", "failure": null,
        "items": [{"sku": line["sku"], "name": "Mug", "quantity": line["quantity"], "unit_price": null, "line_total": null}],
        "total": request["expected_total"], "refunded": {"amount": 0, "currency": "USD"},
        "payment_method": {"id": request["payment_method_id"], "brand": "visa", "last4": "4242"},
        "shipping_address": request["shipping_address"],
        "created_at": "2026-11-30T22:34:00Z", "updated_at": "2026-11-30T22:34:00Z",
        "timeline": [
            {"state": "accepted", "at": "2026-11-30T22:34:00Z"}, {"state": "completed", "at": "2026-11-30T22:34:01Z"},
        ],
    })
}
