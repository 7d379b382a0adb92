//! A storefront, services that stand in for the real ones, and a browser.

use std::{
    collections::BTreeMap,
    future::pending,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use estore_base::{client_address::ClientAddress, config::Env, trusted_proxies::TrustedProxies};
use estore_contract::Code;
use estore_server::Problem;
use estore_telemetry::{Platform, metrics::Meter};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::sleep};
use tower::ServiceExt;

use crate::{desk, till::Till};

const KEYS: &str = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
pub(crate) const PASSWORD: &str = "correct-horse";

/// The requests that the services saw, and how they behave.
#[derive(Default)]
pub(crate) struct Services {
    pub(crate) refreshes: AtomicU32,
    /// The answers to the next exchanges of tokens that are lost.
    pub(crate) lost_refreshes: AtomicU32,
    /// The pages of sessions that an account still has.
    pub(crate) session_pages: AtomicU32,
    /// True if every session has ended.
    pub(crate) ends_sessions: AtomicBool,
    /// The logouts with an access token that lives, and the answers to them that are lost.
    pub(crate) logouts: AtomicU32,
    pub(crate) lost_logouts: AtomicU32,
    /// True while exchanges of tokens get no answer at all.
    pub(crate) refresh_hangs: AtomicBool,
    /// True while the facets of lists cannot be read.
    pub(crate) are_facets_away: AtomicBool,
    /// True while the addresses of accounts cannot be read.
    pub(crate) is_user_away: AtomicBool,
    /// The seconds for which new access tokens live.
    pub(crate) lifetime: AtomicU32,
    /// The headers of the latest request.
    pub(crate) seen: Mutex<HeaderMap>,
    /// The price of the mug.
    pub(crate) price: AtomicU32,
    /// The mugs that are left.
    pub(crate) left: AtomicU32,
    /// True once the catalogue has the category `news`.
    pub(crate) has_news: AtomicBool,
    /// True if the catalogue is for visitors who are logged in.
    pub(crate) is_closed: AtomicBool,
    pub(crate) till: Till,
}

impl Services {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let seen = self.seen.lock().unwrap();
        seen.get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    fn tokens(&self, number: u32) -> Value {
        let id = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";
        let claims = json!({"sub": id, "sid": id, "role": "customer", "number": number}).to_string();
        let access = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        let lifetime = self.lifetime.load(Ordering::SeqCst);
        json!({"access_token": access, "refresh_token": format!("refresh-{number}"), "token_type": "Bearer", "expires_in": lifetime})
    }

    fn mug(&self) -> Value {
        let (price, left) = (self.price.load(Ordering::SeqCst), self.left.load(Ordering::SeqCst));
        json!({
            "sku": "MUG-01", "name": "Enamel <Mug>", "description": "Steel.\n\nTwice enamelled.",
            "price": {"amount": price, "currency": "USD"}, "category": "drinkware", "tags": ["camping"],
            "images": ["/images/mug.svg"], "attributes": {"material": "steel"}, "available": left, "status": "active",
            "version": 1, "created_at": "2026-11-23T12:00:00Z", "updated_at": "2026-11-23T12:00:00Z"
        })
    }
}

fn refusal(status: u16, code: &str) -> Response {
    let body = json!({"error": "E", "message": "m", "status_code": status, "code": code, "request_id": "r"});
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

async fn answer(State(services): State<Arc<Services>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    services.seen.lock().unwrap().clone_from(&parts.headers);
    let body = body.collect().await.unwrap().to_bytes();
    let read = || serde_json::from_slice::<Value>(&body).unwrap();
    let page = |items: Vec<Value>| Json(json!({"items": items, "next_cursor": null})).into_response();
    match (parts.method.as_str(), parts.uri.path()) {
        ("GET", "/products") => page(vec![services.mug()]),
        ("GET", "/products/MUG-01") => Json(services.mug()).into_response(),
        ("GET", "/categories")
            if services.is_closed.load(Ordering::SeqCst) && !parts.headers.contains_key("authorization") =>
        {
            sleep(Duration::from_millis(50)).await;
            refusal(401, "missing_token")
        }
        ("GET", "/categories") => {
            let category =
                |slug: &str, name: &str| json!({"slug": slug, "name": name, "count": 1, "children": []});
            let mut categories = vec![category("drinkware", "Drinkware")];
            if services.has_news.load(Ordering::SeqCst) {
                categories.push(category("news", "News"));
            }
            page(categories)
        }
        ("GET", "/facets") if services.are_facets_away.load(Ordering::SeqCst) => refusal(503, "unavailable"),
        ("GET", "/facets") => Json(json!({
            "total": 1, "in_stock": 1, "categories": [{"slug": "drinkware", "name": "Drinkware", "count": 1}],
            "tags": [{"tag": "camping", "count": 1}], "currencies": [{"currency": "USD", "count": 1}]
        }))
        .into_response(),
        ("POST", "/login") if read()["password"] == PASSWORD => Json(services.tokens(0)).into_response(),
        ("POST", "/login") => refusal(401, "invalid_credentials"),
        ("POST", "/token/refresh") if services.refresh_hangs.load(Ordering::SeqCst) => pending().await,
        ("POST", "/token/refresh") if services.ends_sessions.load(Ordering::SeqCst) => {
            refusal(401, "invalid_token")
        }
        ("POST", "/token/refresh") if read()["refresh_token"] == "refresh-0" => {
            services.refreshes.fetch_add(1, Ordering::SeqCst);
            let lost = |left: u32| left.checked_sub(1);
            if services.lost_refreshes.fetch_update(Ordering::SeqCst, Ordering::SeqCst, lost).is_ok() {
                return StatusCode::BAD_GATEWAY.into_response();
            }
            sleep(Duration::from_millis(50)).await;
            services.lifetime.store(900, Ordering::SeqCst);
            Json(services.tokens(1)).into_response()
        }
        ("POST", "/token/refresh") => refusal(401, "invalid_token"),
        ("POST", "/logout") => {
            let lost = |left: u32| left.checked_sub(1);
            if services.lost_logouts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, lost).is_ok() {
                return StatusCode::BAD_GATEWAY.into_response();
            }
            services.logouts.fetch_add(1, Ordering::SeqCst);
            StatusCode::NO_CONTENT.into_response()
        }
        ("POST", "/password/reset") => StatusCode::NO_CONTENT.into_response(),
        ("POST", "/verify") => Json(json!({"status": read()["token"]})).into_response(),
        ("GET", "/me/sessions")
            if services
                .session_pages
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left: u32| left.checked_sub(1))
                .is_err() =>
        {
            page(Vec::new())
        }
        ("POST", "/orders") if services.till.hangs.load(Ordering::SeqCst) => pending().await,
        ("GET", path) if path.ends_with("/emails") && services.till.mail_hangs.load(Ordering::SeqCst) => {
            pending().await
        }
        ("GET", "/me/addresses") if services.is_user_away.load(Ordering::SeqCst) => {
            StatusCode::BAD_GATEWAY.into_response()
        }
        ("GET", "/me/addresses") if services.till.are_reads_limited.load(Ordering::SeqCst) => {
            refusal(429, "rate_limited")
        }
        ("GET", "/echo") => (parts.uri.query().unwrap_or_default().to_owned()).into_response(),
        ("POST", "/echo") => ([(header::SET_COOKIE, "theirs=1")], body).into_response(),
        (method, _) => {
            let till = || services.till.answer(method, &parts.uri, &parts.headers, &body);
            let known = desk::answer(method, &parts.uri, &body).or_else(till);
            known.unwrap_or_else(|| refusal(404, "not_found"))
        }
    }
}

/// A storefront whose services run.
pub(crate) struct Stage {
    routes: Router,
    pub(crate) services: Arc<Services>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let services = Arc::new(Services::default());
        services.lifetime.store(900, Ordering::SeqCst);
        services.price.store(1490, Ordering::SeqCst);
        services.left.store(5, Ordering::SeqCst);
        Self {
            services: services.clone(),
            ..Self::before(Router::new().fallback(answer).with_state(services)).await
        }
    }

    /// Creates a storefront whose services are all at one address, with more settings.
    pub(crate) fn at(address: &str, more: &[(&str, &str)]) -> Self {
        let urls = ["USER", "INVENTORY", "PAYMENT", "VERIFICATION"]
            .map(|of| (format!("{of}_API_URL"), address.to_owned()));
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self { routes: storefront(urls.into_iter().chain(more)), services: Arc::default() }
    }

    /// Creates a storefront before services with these routes.
    pub(crate) async fn before(services: Router) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, services).await.unwrap() });
        let urls = ["USER", "INVENTORY", "PAYMENT", "VERIFICATION"]
            .map(|of| (format!("{of}_API_URL"), address.clone()));
        Self { routes: storefront(urls), services: Arc::default() }
    }

    /// Creates a storefront none of whose services answers.
    pub(crate) fn alone() -> Self {
        let urls = ["USER", "INVENTORY", "PAYMENT", "VERIFICATION"]
            .map(|of| (format!("{of}_API_URL"), "http://127.0.0.1:9".to_owned()));
        Self { routes: storefront(urls), services: Arc::default() }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser { routes: self.routes.clone(), cookies: BTreeMap::new(), language: "en" }
    }
}

fn storefront(urls: impl IntoIterator<Item = (String, String)>) -> Router {
    let own = [("SESSION_KEYS", KEYS), ("SHOP_URL", "https://shop.example"), ("SHOP_NAME", "Mugs & More")];
    let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let env: Env = urls.into_iter().chain(own).collect();
    let platform = Platform::new(Meter::default(), "storefront").unwrap();
    estore_storefront::build(&env, &platform).unwrap().routes
}

/// A browser with its cookies.
#[derive(Clone)]
pub(crate) struct Browser {
    routes: Router,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) language: &'static str,
}

/// An answer, as a browser sees it.
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) text: String,
    /// The code of an error that is no page.
    pub(crate) code: Option<Code>,
}

impl Seen {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    fn form_token(&self) -> &str {
        let (_, rest) = self.text.split_once("name=\"form_token\" value=\"").expect("a form");
        rest.split('"').next().unwrap()
    }
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Seen {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// Opens the page `on`, and sends one of its forms to `path`.
    pub(crate) async fn submit(&mut self, on: &str, path: &str, fields: &[(&str, &str)]) -> Seen {
        let token = self.get(on).await.form_token().to_owned();
        self.post(path, &[fields, &[("form_token", token.as_str())]].concat()).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        self.post_from("https://shop.example", path, fields).await
    }

    pub(crate) async fn post_from(&mut self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut body = form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(fields).finish();
        let referer = format!("{origin}/products/MUG-01");
        let headers = [
            ("origin", origin),
            ("referer", &referer),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.send(Method::POST, path, &headers, body).await
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Seen {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request =
            Request::builder().method(method).uri(path).header("accept-language", self.language);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let mut request = request.body(Body::from(body)).unwrap();
        let peer = SocketAddr::from(([192, 0, 2, 7], 1));
        let client = ClientAddress::of(&TrustedProxies::default(), peer, request.headers());
        request.extensions_mut().insert(client);
        let (parts, body) = self.routes.clone().oneshot(request).await.unwrap().into_parts();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = body.collect().await.unwrap().to_bytes();
        Seen {
            code: parts.extensions.get::<Problem>().map(Problem::code),
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
            body,
        }
    }

    pub(crate) async fn login(&mut self) -> Seen {
        let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", "/basket")];
        self.submit("/login", "/login", &fields).await
    }
}
