//! Heads that are too large, and methods and paths that do not exist.

use std::time::Duration;

use estore_testbed::ServiceName::{self, Inventory};
use estore_tests::{Answer, Customer, access, shop};
use reqwest::Method;

use super::{
    document::{document, filled, operations},
    wire::{self, Heard},
};

const WAIT: Duration = Duration::from_secs(2);

fn say(service: ServiceName, head: &str) -> Heard {
    let _running = access();
    wire::say(shop().environment(service)["SERVICE_PORT"].parse().unwrap(), head.as_bytes(), WAIT)
}

#[tokio::test]
async fn oversized_head_is_refused() {
    let many = "X: y\r\n".repeat(101);
    let cases = [
        (
            "a header of 64 KiB",
            format!("GET /health HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "y".repeat(65_536)),
        ),
        ("101 headers", format!("GET /health HTTP/1.1\r\nHost: x\r\n{many}\r\n")),
        ("a URI of 70 KB", format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "y".repeat(70_000))),
        ("a method of 70 KB", format!("{} /health HTTP/1.1\r\nHost: x\r\n\r\n", "Y".repeat(70_000))),
    ];
    for (name, head) in cases {
        for service in ServiceName::ALL {
            let heard = say(service, &head);
            let statuses = heard.statuses();
            assert!(
                heard.ended && statuses.iter().all(|s| matches!(s, 400 | 414 | 431)),
                "{name}: {}",
                heard.text
            );
        }
    }
}

#[tokio::test]
async fn refused_method_gets_the_list_of_allowed_ones() {
    for method in ["TRACE", "BREW", "get", "PROPFIND"] {
        let heard =
            say(Inventory, &format!("{method} /products HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        assert_eq!(heard.statuses(), [405], "{method}: {}", heard.text);
        let allow = heard.text.to_lowercase();
        assert!(allow.contains("\r\nallow: get,head,post\r\n"), "{method}: {}", heard.text);
    }
    let heard =
        say(Inventory, "CONNECT db:5432 HTTP/1.1\r\nHost: db:5432\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(heard.ended && heard.statuses() == [405], "{}", heard.text);
    assert!(heard.text.to_lowercase().contains("\r\nallow: "));
    let heard = say(Inventory, "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(heard.statuses().iter().all(|status| *status < 500), "{}", heard.text);
}

#[tokio::test]
async fn invalid_bytes_break_no_route() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let odd = [
        "%ff",
        "%00",
        "%c0%af",
        "%",
        "%zz",
        "..%2f..%2fetc%2fpasswd",
        "%F0%9F%92%A9",
        "a%0d%0aX:%20y",
        "%u0041",
    ];
    for service in ServiceName::ALL {
        for (path, operations) in operations(&document(&access, service).await) {
            if !operations.contains_key("get") {
                continue;
            }
            for bytes in odd {
                let mut paths =
                    vec![format!("{}?q={bytes}&limit={bytes}&cursor={bytes}&{bytes}=1", filled(&path))];
                if let Some((before, _)) = path.split_once('{') {
                    paths.push(format!("{before}{bytes}"));
                }
                for path in paths {
                    let request = format!(
                        "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
                        admin.access_token
                    );
                    let heard = say(service, &request);
                    assert!(
                        heard.statuses().first().is_some_and(|status| *status < 500),
                        "{service} {path}: {heard:?}"
                    );
                    let body = heard.text.split("\r\n\r\n").nth(1).unwrap_or_default();
                    assert!(
                        !heard.text.contains("\nX: y") && !body.contains("etc/passwd"),
                        "{path}: {}",
                        heard.text
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn trace_too_long_to_forward_is_dropped() {
    let access = access();
    let admin = Customer::admin(&access).await;
    // Longer than the head limit of the User Service, which introspects the token.
    let request = admin
        .request(Method::GET, Inventory, "/categories")
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .header("tracestate", format!("x={}", "y".repeat(40_000)));
    let _served = Answer::of(request).await.expect(200);
}

#[tokio::test]
async fn compressed_body_is_refused() {
    let access = access();
    let admin = Customer::admin(&access).await;
    for coding in ["gzip", "br", "zstd", "deflate", "gzip, identity", "x"] {
        let request = admin
            .request(Method::POST, Inventory, "/products")
            .header("Content-Type", "application/json")
            .header("Content-Encoding", coding);
        let answer = Answer::of(request.body(vec![0x1f, 0x8b, 8, 0])).await;
        assert_eq!(answer.header("accept-encoding"), "identity", "{coding}");
        let _refused = answer.refused(415, "unsupported_media_type");
    }
    let plain = admin.request(Method::POST, Inventory, "/products").header("Content-Encoding", "identity");
    let _read = Answer::of(plain.json(&serde_json::json!({}))).await.refused(422, "validation_error");
}
