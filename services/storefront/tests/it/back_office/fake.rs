//! Services with a small shop in them, which note every change.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::bodies::{NOW, account, capture, invalid, listed, mail, order, page, product, refusal};
use crate::stage::{Browser, PASSWORD, Seen, Stage};

pub(super) use super::bodies::{ID, ID_NUMBER};

/// A change that a service was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) call: String,
    pub(super) key: String,
    pub(super) condition: String,
    pub(super) kind: String,
    pub(super) body: Value,
}

/// The services.
#[derive(Default)]
pub(super) struct Shop {
    pub(super) products: Mutex<BTreeMap<String, Value>>,
    pub(super) asked: Mutex<Vec<Asked>>,
    /// The beginning of paths that do not answer.
    pub(super) away: Mutex<Option<&'static str>>,
    /// The beginning of paths that do not answer after the first change.
    pub(super) away_after_change: Mutex<Option<&'static str>>,
    /// The calls that are refused, with status and code.
    pub(super) refuses: Mutex<BTreeMap<String, (u16, &'static str)>>,
    /// The call that is done once while its answer is lost.
    pub(super) loses: Mutex<Option<&'static str>>,
    /// The name of the category `mugs`, if somebody renamed it.
    pub(super) mugs: Mutex<Option<&'static str>>,
    /// The subject of the template's next version, if somebody saved one.
    pub(super) subject: Mutex<Option<&'static str>>,
    /// The number of pages of a list before the one with its item.
    pub(super) pages_before: Mutex<usize>,
    /// The order as its page has it, if it is another than usual.
    pub(super) order: Mutex<Option<Value>>,
    /// The number of pages of a list after which it is refused.
    pub(super) pages_allowed: Mutex<Option<usize>>,
}

/// Returns the place in a list that the query has as its cursor.
fn place(query: &str) -> usize {
    let cursor = query.split('&').find_map(|pair| pair.strip_prefix("cursor="));
    cursor.map_or(0, |cursor| cursor.parse().unwrap())
}

impl Shop {
    /// Lists products in pages of two, so that lists have several.
    fn list(&self, query: &str) -> Response {
        let has = |pair: &str| query.split('&').any(|known| known == pair);
        let products = self.products.lock().unwrap();
        if query.contains("sku=") {
            let named = products.values().filter(|product| {
                has(&format!("sku={}", product["sku"].as_str().unwrap())) && product["status"] == "active"
            });
            return page(&named.cloned().collect::<Vec<_>>());
        }
        let status = if has("status=archived") { "archived" } else { "active" };
        let fits = |product: &&Value| {
            product["status"] == status && (!has("in_stock=true") || product["available"] != 0)
        };
        let all: Vec<Value> = products.values().filter(fits).cloned().collect();
        let from = place(query);
        let items: Vec<Value> = all.iter().skip(from).take(2).cloned().collect();
        let next = (from + 2 < all.len()).then(|| (from + 2).to_string());
        Json(json!({"items": items, "next_cursor": next})).into_response()
    }

    /// Answers with the last page of a list, or with one of those before it, which has `others`.
    fn paged(&self, query: &str, others: &[Value], item: Value) -> Response {
        let at = place(query);
        if self.pages_allowed.lock().unwrap().is_some_and(|allowed| at >= allowed) {
            return refusal(429, "rate_limited");
        }
        if at == *self.pages_before.lock().unwrap() {
            return page(&[item]);
        }
        Json(json!({"items": others, "next_cursor": (at + 1).to_string()})).into_response()
    }

    fn one(&self, sku: &str) -> Response {
        match self.products.lock().unwrap().get(sku) {
            Some(product) => {
                let tag = format!("\"{}-tag\"", product["version"]);
                ([(header::ETAG, tag)], Json(product.clone())).into_response()
            }
            None => refusal(404, "not_found"),
        }
    }

    fn read(&self, path: &str, query: &str) -> Response {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match parts.as_slice() {
            ["products"] => self.list(query),
            ["products", sku] => self.one(sku),
            ["products", sku, "stock"] => Json(json!({
                "sku": sku, "on_hand": 5, "reserved": 2, "available": 3, "movements": [
                    {"kind": "confirmed", "delta": -1, "on_hand": 5, "reason": ID, "at": NOW},
                    {"kind": "adjusted", "delta": 6, "on_hand": 6, "reason": "delivery", "at": NOW}
                ]
            }))
            .into_response(),
            ["products", _, "price-history"] => {
                let price = json!({"amount": 1490, "currency": "USD"});
                Json(json!({"items": [{"price": price, "at": NOW, "version": 1}]})).into_response()
            }
            ["categories"] => {
                let mugs = self.mugs.lock().unwrap().unwrap_or("Mugs");
                Json(json!({"items": [
                    {"slug": "kitchen", "name": "Kitchen", "count": 2, "children": [
                        {"slug": "mugs", "name": mugs, "count": 2, "children": []}
                    ]},
                    {"slug": "empty", "name": "Empty", "count": 0, "children": []}
                ]}))
                .into_response()
            }
            ["orders"] => self.paged(query, &[], listed(query)),
            ["orders", ID] => Json(self.order.lock().unwrap().clone().unwrap_or_else(order)).into_response(),
            ["orders", ID, "refunds"] => Json(json!({"items": []})).into_response(),
            ["refunds", "failed"] => {
                let amount = json!({"amount": 1490, "currency": "USD"});
                Json(json!({"items": [{"order_id": ID, "number": 1, "status": "failed", "amount": amount,
                    "items": [], "restock": false, "reason": null, "failure": "expired_or_canceled_card",
                    "created_at": NOW, "updated_at": NOW}]}))
                .into_response()
            }
            ["transactions"] if query.contains(&format!("user_id={ID}")) => {
                let other = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a02";
                self.paged(query, &[capture(other)], capture(ID))
            }
            ["reports", "sales"] => {
                let by = if query.contains("by=hour") { "hour" } else { "day" };
                let row = |at: &str, orders: i64| {
                    json!({"at": at, "orders": orders, "completed": orders, "declined": 0, "cancelled": 0,
                        "revenue": [{"amount": orders * 1490, "currency": "USD"}], "refunds": []})
                };
                let items = [row("2026-11-22T00:00:00Z", 2), row("2026-11-23T00:00:00Z", 7)];
                Json(json!({"by": by, "items": items})).into_response()
            }
            ["users"] => page(&[account()]),
            ["users", ID] => Json(account()).into_response(),
            ["verifications"] => self.paged(query, &[], mail()),
            ["templates"] | ["templates", "email"] => {
                let next = *self.subject.lock().unwrap();
                let (version, subject) = next.map_or((4, "Verify"), |subject| (5, subject));
                Json(json!({"items": [
                    {"name": "email", "locale": "en", "version": version, "subject": subject, "text": "Open {{ link }}", "html": "<p>{{ link }}</p>"}
                ]}))
                .into_response()
            }
            _ => refusal(404, "not_found"),
        }
    }

    fn write(&self, call: &str, condition: &str, body: &Value) -> Response {
        let (method, path) = call.split_once(' ').unwrap();
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let mut products = self.products.lock().unwrap();
        match (method, parts.as_slice()) {
            ("POST", ["products"]) => {
                let sku = body["sku"].as_str().unwrap().to_owned();
                if products.contains_key(&sku) {
                    return refusal(409, "sku_exists");
                }
                let mut new = product(&sku, "active");
                merge(&mut new, body);
                products.insert(sku, new.clone());
                (StatusCode::CREATED, Json(new)).into_response()
            }
            ("PATCH" | "DELETE", ["products", sku]) => {
                let Some(product) = products.get_mut(*sku) else { return refusal(404, "not_found") };
                if condition != format!("\"{}-tag\"", product["version"]) {
                    return refusal(412, "precondition_failed");
                }
                if body["status"] == "active" && product["category"] == "gone" {
                    return invalid("category", "is not a category");
                }
                let archived = json!({"status": "archived"});
                merge(product, if method == "DELETE" { &archived } else { body });
                product["version"] = json!(product["version"].as_u64().unwrap() + 1);
                if method == "DELETE" {
                    return StatusCode::NO_CONTENT.into_response();
                }
                Json(product.clone()).into_response()
            }
            ("POST", ["products", sku, "stock", "adjustments"]) => {
                let answer =
                    json!({"sku": sku, "delta": body["delta"], "reason": body["reason"], "on_hand": 9});
                (StatusCode::CREATED, Json(answer)).into_response()
            }
            ("POST", ["images"]) => (
                StatusCode::CREATED,
                Json(json!({"name": "new.png", "url": "/images/new.png", "content_type": "image/png", "width": 1, "height": 1, "bytes": 9})),
            )
                .into_response(),
            ("PUT", ["categories", slug]) => {
                Json(json!({"slug": slug, "name": body["name"], "parent": body["parent"]})).into_response()
            }
            ("DELETE", ["categories", _]) => StatusCode::NO_CONTENT.into_response(),
            ("POST", ["orders", ID, "refunds"]) => {
                let amount = json!({"amount": 1490, "currency": "USD"});
                let refund = json!({"order_id": ID, "number": 1, "status": "completed", "amount": amount,
                    "items": [], "restock": true, "reason": null, "failure": null, "created_at": NOW, "updated_at": NOW});
                (StatusCode::CREATED, Json(refund)).into_response()
            }
            ("POST", ["orders", ID, "cancel"]) => refusal(409, "order_final"),
            ("PATCH", ["users", ID]) => Json(account()).into_response(),
            ("POST", ["templates", "email", "preview"]) => {
                let text = |field: &str| body[field].as_str().unwrap().replace("{{ link }}", "LINK");
                Json(json!({"subject": text("subject"), "text": text("text"), "html": text("html")}))
                    .into_response()
            }
            ("PUT", ["templates", "email"]) => {
                let mut stored = body.clone();
                merge(&mut stored, &json!({"name": "email", "version": 5}));
                Json(stored).into_response()
            }
            ("POST", ["templates", "email", "test"]) => {
                (StatusCode::ACCEPTED, Json(json!({"verification_id": ID}))).into_response()
            }
            _ => refusal(404, "not_found"),
        }
    }

    /// Returns the changes that were asked for, but logins and previews of templates.
    pub(super) fn changes(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn put(&self, sku: &str, status: &str) {
        self.products.lock().unwrap().insert(sku.to_owned(), product(sku, status));
    }
}

/// Changes an object as a merge patch does (RFC 7396), but deletes nothing.
fn merge(into: &mut Value, from: &Value) {
    for (name, value) in from.as_object().unwrap() {
        if value.is_object() && into[name].is_object() {
            merge(&mut into[name], value);
        } else {
            into[name] = value.clone();
        }
    }
}

async fn answer(State(shop): State<Arc<Shop>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let path = parts.uri.path().replace("%2E", ".");
    let call = format!("{} {path}", parts.method);
    if call == "POST /login" {
        let login: Value = serde_json::from_slice(&body).unwrap();
        let role = if login["email"] == "admin@example.com" { "admin" } else { "customer" };
        let claims = json!({"sub": ID, "sid": ID, "role": role}).to_string();
        let access = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        return Json(
            json!({"access_token": access, "refresh_token": "r", "token_type": "Bearer", "expires_in": 900}),
        )
        .into_response();
    }
    if shop.away.lock().unwrap().is_some_and(|away| path.starts_with(away)) {
        return refusal(503, "unavailable");
    }
    if let Some((status, code)) = shop.refuses.lock().unwrap().get(&call) {
        return refusal(*status, code);
    }
    if parts.method == "GET" {
        return shop.read(&path, parts.uri.query().unwrap_or_default());
    }
    let text = |headers: &HeaderMap, name: &str| {
        headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let condition = text(&parts.headers, "if-match");
    if !call.ends_with("/preview") {
        shop.asked.lock().unwrap().push(Asked {
            call: call.clone(),
            key: text(&parts.headers, "idempotency-key"),
            condition: condition.clone(),
            kind: text(&parts.headers, "content-type"),
            body: json.clone(),
        });
    }
    if let Some(path) = shop.away_after_change.lock().unwrap().take() {
        *shop.away.lock().unwrap() = Some(path);
    }
    let answer = shop.write(&call, &condition, &json);
    if shop.loses.lock().unwrap().take_if(|lost| *lost == call).is_some() {
        return refusal(503, "unavailable");
    }
    answer
}

/// An admin in front of a shop.
pub(super) struct Office {
    pub(super) shop: Arc<Shop>,
    pub(super) browser: Browser,
}

impl Office {
    /// Logs an admin in at a shop with the products A and B, and the archived product OLD.
    pub(super) async fn new() -> Self {
        Self::of("admin@example.com").await
    }

    pub(super) async fn of(email: &str) -> Self {
        let shop = Arc::new(Shop::default());
        for (sku, status) in [("A", "active"), ("B", "active"), ("OLD", "archived")] {
            shop.put(sku, status);
        }
        let stage = Stage::before(Router::new().fallback(answer).with_state(shop.clone())).await;
        let mut browser = stage.browser();
        if !email.is_empty() {
            let fields = [("email", email), ("password", PASSWORD), ("next", "/admin")];
            let seen = browser.submit("/login", "/login", &fields).await;
            assert_eq!(seen.location(), "/admin");
        }
        Self { shop, browser }
    }

    pub(super) async fn get(&mut self, path: &str) -> Seen {
        self.browser.get(path).await
    }

    /// Opens the page `on`, and sends one of its forms.
    pub(super) async fn submit(&mut self, on: &str, path: &str, fields: &[(&str, &str)]) -> Seen {
        self.browser.submit(on, path, fields).await
    }

    /// Opens the page `on`, and sends a form with a file.
    pub(super) async fn upload(
        &mut self,
        on: &str,
        path: &str,
        fields: &[(&str, &str)],
        (name, file): (&str, &str),
    ) -> Seen {
        let token = value_of(&self.get(on).await.text, "form_token");
        let fields = [fields, &[("form_token", token.as_str())]].concat();
        let part = |(name, value)| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let mut parts: Vec<String> = fields.into_iter().map(part).collect();
        parts.push(format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n\r\n{file}\r\n--b--\r\n"
        ));
        let headers =
            [("origin", "https://shop.example"), ("content-type", "multipart/form-data; boundary=b")];
        self.browser.send(axum::http::Method::POST, path, &headers, parts.concat()).await
    }
}

/// Returns the value of a hidden field.
pub(super) fn value_of(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
    rest.split('"').next().unwrap().to_owned()
}
