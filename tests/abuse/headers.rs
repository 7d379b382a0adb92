//! The headers of every answer.

use estore_testbed::ServiceName::{self, Inventory, User, Verification};
use estore_tests::{Answer, Customer, access};
use reqwest::Method;
use serde_json::json;

use super::document::{document, filled, operations};

#[tokio::test]
async fn guarded_answers_are_neither_cached_nor_sniffed() {
    let access = access();
    let admin = Customer::admin(&access).await;
    for service in ServiceName::ALL {
        for (path, operations) in operations(&document(&access, service).await) {
            for (method, operation) in operations {
                // This test must not end its own session.
                if path == "/logout" || operation.get("security").is_none() && method != "get" {
                    continue;
                }
                let name = format!("{service} {method} {path}");
                let upper = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let request = admin.request(upper, service, &filled(&path)).header("If-Match", "\"never\"");
                let request = if method == "get" { request } else { request.json(&json!({"surprise": 1})) };
                let answer = Answer::of(request).await;
                assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
                let cache = answer.header("cache-control");
                let is_read = service == Inventory && method == "get" && answer.status == 200;
                let good = match (operation.get("security").is_some(), is_read) {
                    (true, true) => ["no-store", "private, max-age=0"].contains(&cache),
                    (true, false) => cache == "no-store",
                    (false, _) => !cache.is_empty(),
                };
                assert!(good, "{name}: {cache:?}");
                let kind = answer.header("content-type");
                let is_known = answer.text.is_empty() || kind == "application/json" || !kind.contains("json");
                assert!(is_known, "{name}: {kind}");
                assert_eq!(answer.header("server"), "", "{name}");
            }
        }
    }
}

#[tokio::test]
async fn page_forbids_framing_and_sends_no_referrer() {
    let access = access();
    let mut pages: Vec<_> = ServiceName::ALL.map(|service| (service, "/docs")).to_vec();
    // A link from an email, with its token in the URL.
    pages.push((Verification, "/verify?token=0123456789abcdef0123456789abcdef0123456789a"));
    for (service, path) in pages {
        let page = Answer::of(access.http.get(access.url(service, path))).await;
        let policy = page.header("content-security-policy");
        for rule in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(rule), "{service} {path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{service} {path}: {policy}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{service} {path}");
        assert_eq!(
            page.header("content-type").to_lowercase(),
            "text/html; charset=utf-8",
            "{service} {path}"
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{service} {path}");
        assert_eq!(page.header("cache-control"), "no-store", "{service} {path}");
    }
}

#[tokio::test]
async fn refusal_reveals_no_internals() {
    let access = access();
    let secret = "Zq8-do-not-repeat";
    let requests = [
        access.http.get(access.url(User, &format!("/{secret}?{secret}={secret}"))),
        access.http.get(access.url(User, "/me")).bearer_auth(secret),
        access.http.post(access.url(User, "/login")).body(secret).header("Content-Type", "application/json"),
        access.http.post(access.url(User, "/login")).json(&json!({secret: secret, "email": [secret]})),
        access.http.get(access.url(Inventory, "/products")).header("X-Request-Id", format!("{secret}\u{e9}")),
    ];
    for request in requests {
        let answer = Answer::of(request).await;
        let has_field = answer.status == 422;
        assert!(has_field || !answer.text.contains(secret), "{}", answer.text);
        for word in
            ["axum", "hyper", "sqlx", "postgres", "redis", "serde", "0.1.0", "src/", "127.0.0.1", "SELECT"]
        {
            assert!(!answer.text.contains(word), "{word}: {}", answer.text);
        }
        assert!(
            answer.headers.values().all(|value| !String::from_utf8_lossy(value.as_bytes()).contains(secret))
        );
    }
}
