//! CORS (Fetch standard), if an origin is allowed.

use std::time::Duration;

use estore_testbed::ServiceName::Inventory;
use estore_tests::{Answer, Customer};
use reqwest::{Method, RequestBuilder};

use super::{replica::Replica, shedding::busy, wire};

const OURS: &str = "https://shop.example";
const SETTING: (&str, &str) = ("CORS_ALLOWED_ORIGINS", OURS);
const SOON: Duration = Duration::from_secs(14);

const FOREIGN: [&str; 10] = [
    "https://evil.example",
    "null",
    "http://shop.example",
    "https://shop.example.evil.example",
    "https://evilshop.example",
    "https://shop.example:8443",
    "https://SHOP.example",
    "https://shop.example/",
    "https://shop.example, https://evil.example",
    "*",
];

async fn ask(replica: &Replica, method: Method, path: &str, origin: &str) -> Answer {
    let request = replica.access.http.request(method, replica.url(path)).header("Origin", origin);
    let preflight =
        [("Access-Control-Request-Method", "DELETE"), ("Access-Control-Request-Headers", "authorization")];
    Answer::of(preflight.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

/// Sends the request as an allowed page, and returns the status and headers that the page can read.
async fn read(request: RequestBuilder) -> u16 {
    let answer = Answer::of(request.header("Origin", OURS)).await;
    let fields = ["access-control-allow-origin", "access-control-expose-headers", "vary"];
    assert_readable(answer.status, fields.map(|name| answer.header(name)));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    answer.status
}

fn assert_readable(status: u16, [allowed, shown, vary]: [&str; 3]) {
    assert_eq!(allowed, OURS, "{status}");
    assert!(vary.to_lowercase().contains("origin"), "{status}");
    for name in
        ["retry-after", "x-request-id", "etag", "ratelimit", "www-authenticate", "idempotent-replayed"]
    {
        assert!(shown.to_lowercase().split(", ").any(|header| header == name), "{status} hides {name}");
    }
}

/// Does the same with raw bytes that no client would send.
async fn read_raw(replica: &Replica, request: &str) -> u16 {
    let (port, bytes) = (replica.process.port, format!("{request}Origin: {OURS}\r\n\r\n").into_bytes());
    let heard = tokio::task::spawn_blocking(move || wire::say(port, &bytes, SOON)).await.unwrap();
    let field = |name: &str| {
        let line = heard.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default()
    };
    let status = heard.statuses()[0];
    let fields = ["access-control-allow-origin", "access-control-expose-headers", "vary"];
    assert_readable(status, fields.map(field));
    status
}

#[tokio::test]
async fn allowed_origin_is_named_and_no_other() {
    let replica = Replica::start(Inventory, &[SETTING]).await;
    for (method, path) in [(Method::GET, "/health"), (Method::GET, "/nope"), (Method::OPTIONS, "/products")] {
        let answer = ask(&replica, method.clone(), path, OURS).await;
        assert_eq!(answer.header("access-control-allow-origin"), OURS, "{method} {path}");
        // Pages send tokens in a header that they set themselves, so no service needs cookies.
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{method} {path}");
        assert!(answer.header("vary").to_lowercase().contains("origin"), "{method} {path}");
        for foreign in FOREIGN {
            let answer = ask(&replica, method.clone(), path, foreign).await;
            let told = answer.headers.keys().find(|name| name.as_str().starts_with("access-control"));
            assert_eq!(told, None, "{method} {path} {foreign}");
            assert!(answer.header("vary").to_lowercase().contains("origin"), "{method} {path} {foreign}");
        }
    }
    let preflight = ask(&replica, Method::OPTIONS, "/products", OURS).await.expect(200);
    assert!(preflight.header("access-control-allow-methods").contains("DELETE"));
    assert_eq!(preflight.header("x-content-type-options"), "nosniff");
    for name in
        ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-request-id"]
    {
        assert!(preflight.header("access-control-allow-headers").to_lowercase().contains(name), "{name}");
    }
}

#[tokio::test]
async fn refusal_to_an_allowed_page_is_readable() {
    let replica = Replica::start(Inventory, &[SETTING]).await;
    let admin = Customer::admin(&replica.access).await;
    let http = &replica.access.http;
    let post = |body: String| http.post(replica.url("/products")).bearer_auth(&admin.access_token).body(body);
    let json = |body: &str| post(body.to_owned()).header("Content-Type", "application/json");
    assert_eq!(read(http.get(replica.url("/products"))).await, 401);
    assert_eq!(read(http.get(replica.url("/nope"))).await, 404);
    assert_eq!(read(http.put(replica.url("/products"))).await, 405);
    assert_eq!(read(json(&"x".repeat(300_000))).await, 413);
    assert_eq!(read(post("{}".to_owned())).await, 415);
    assert_eq!(read(json("{}")).await, 422);
    assert_eq!(read_raw(&replica, "GET /products HTTP/1.1\r\nHost: a\r\nHost: b\r\n").await, 400);
    let head = format!(
        "POST /products HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\
         Authorization: Bearer {}\r\n",
        admin.access_token
    );
    assert_eq!(read_raw(&replica, &head).await, 408);
}

#[tokio::test]
async fn limited_page_reads_when_to_come_back() {
    let limits = [SETTING, ("LIMITS", "on"), ("LIMIT_READS_ADDRESS", "2/1per3600")];
    let replica = Replica::start(Inventory, &limits).await;
    let ask_once = || read(replica.access.http.get(replica.url("/products")));
    assert_eq!([ask_once().await, ask_once().await, ask_once().await], [401, 401, 429]);
    // A preflight request is answered in any case and counts towards no limit.
    for _ in 0..5 {
        let told = ask(&replica, Method::OPTIONS, "/products", OURS).await.expect(200);
        assert_eq!(told.header("ratelimit"), "");
    }
}

#[tokio::test]
async fn page_reads_that_a_service_is_busy() {
    let replica =
        Replica::start(Inventory, &[SETTING, ("MAX_REQUESTS", "2"), ("MAX_REQUESTS_PER_ADDRESS", "2")]).await;
    let admin = Customer::admin(&replica.access).await;
    let _busy = busy(&replica, &admin, 2).await;
    assert_eq!(read(replica.access.http.get(replica.url("/products"))).await, 503);
    let _told = ask(&replica, Method::OPTIONS, "/products", OURS).await.expect(200);
}

#[tokio::test]
async fn page_reads_that_a_handler_panicked() {
    let replica = Replica::start(Inventory, &[SETTING, ("FAIL_POINT", "panic:public.request@1")]).await;
    assert_eq!(read(replica.access.http.get(replica.url("/products"))).await, 500);
}

#[tokio::test]
async fn star_allows_every_port_of_this_machine() {
    let setting = ("CORS_ALLOWED_ORIGINS", "http://localhost:*, http://127.0.0.1:*,http://[::1]:*");
    let replica = Replica::start(Inventory, &[setting]).await;
    for (origin, is_allowed) in [
        ("http://localhost", true),
        ("http://localhost:3000", true),
        ("http://127.0.0.1:5173", true),
        ("http://[::1]:65535", true),
        ("https://localhost:3000", false),
        ("http://localhost:3000.evil.example", false),
        ("http://localhost.evil.example:3000", false),
        ("http://localhost:*", false),
        ("http://localhost:", false),
        ("http://user@localhost:3000", false),
    ] {
        let allowed = if is_allowed { origin } else { "" };
        for (method, path) in [(Method::OPTIONS, "/products"), (Method::GET, "/products")] {
            let answer = ask(&replica, method, path, origin).await;
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
        }
    }
}
