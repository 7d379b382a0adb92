//! The edge of every service: paths, ids, headers, slow clients.

use std::time::Duration;

use estore_testbed::ServiceName;
use estore_tests::{Answer, access};

use super::wire;

#[tokio::test]
async fn unknown_path_gets_error_body_and_usual_headers() {
    let access = access();
    for service in ServiceName::ALL {
        for path in [
            "/nope",
            "/internal/introspect",
            "/internal/reservations",
            "/internal/catalog",
            "/metrics",
            "/debug",
            "/openapi.json/",
            "/%2e%2e/etc/passwd",
            "/\u{fffd}",
        ] {
            let answer = Answer::of(access.http.get(access.url(service, path))).await;
            let headers = ["x-content-type-options", "cache-control", "content-type"]
                .map(|name| answer.header(name).to_owned());
            assert_eq!(headers, ["nosniff", "no-store", "application/json"], "{path}");
            let refused = answer.refused(404, "not_found");
            assert_eq!(refused.error, "Not Found");
        }
    }
}

#[tokio::test]
async fn index_links_documents_and_health() {
    let access = access();
    for service in ServiceName::ALL {
        let index = Answer::of(access.http.get(access.url(service, "/"))).await.expect(200).value();
        assert!(index["service"].as_str().is_some_and(|name| name.starts_with("E-Store ")), "{index}");
        for link in ["docs", "openapi", "health", "ready"] {
            let path = index[link].as_str().unwrap();
            let _there = Answer::of(access.http.get(access.url(service, path))).await.expect(200);
        }
    }
}

#[tokio::test]
async fn valid_request_id_is_echoed_invalid_one_replaced() {
    let access = access();
    let ask = |id: &str| {
        Answer::of(
            access.http.get(access.url(ServiceName::User, "/nope")).header("X-Request-Id", id.to_owned()),
        )
    };
    let answer = ask("my-id_1.2").await;
    assert_eq!(
        (answer.header("x-request-id"), &answer.value()["request_id"]),
        ("my-id_1.2", &"my-id_1.2".into())
    );
    let too_long = "x".repeat(129);
    for bad in ["", "a b", "a/b", "<script>", too_long.as_str()] {
        let answer = ask(bad).await;
        let made = answer.header("x-request-id").to_owned();
        assert!(
            uuid::Uuid::parse_str(&made).is_ok() && answer.value()["request_id"] == made,
            "{bad}: {made}"
        );
    }
}

#[tokio::test]
async fn foreign_origin_gets_no_permission() {
    let access = access();
    for origin in ["https://evil.example", "null"] {
        let answer = Answer::of(
            access.http.get(access.url(ServiceName::Inventory, "/health")).header("Origin", origin),
        )
        .await
        .expect(200);
        assert!(
            answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")),
            "{:?}",
            answer.headers
        );
    }
}

#[tokio::test]
async fn probes_are_public_and_metrics_are_not() {
    let access = access();
    for service in ServiceName::ALL {
        let health = Answer::of(access.http.get(access.url(service, "/health"))).await.expect(200);
        assert_eq!(health.value()["status"], "ok");
        let ready = Answer::of(access.http.get(access.url(service, "/ready"))).await.expect(200).value();
        assert!(
            ready["status"] == "ready"
                && ready["checks"].as_object().unwrap().values().all(|check| check == "ok"),
            "{ready}"
        );
        let port = &estore_tests::shop().environment(service)["MANAGEMENT_PORT"];
        let metrics =
            Answer::of(access.http.get(format!("http://127.0.0.1:{port}/metrics"))).await.expect(200);
        assert!(
            metrics.text.contains("http_request_duration_seconds_bucket")
                && metrics.text.contains("estore_build_info")
        );
    }
}

#[tokio::test]
async fn slow_client_is_disconnected() {
    let _running = access();
    let port: u16 = estore_tests::shop().environment(ServiceName::User)["SERVICE_PORT"].parse().unwrap();
    let body = "POST /verify-email HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let (sized, chunked) = (
        format!("{body}Content-Length: 1000\r\n\r\n{{"),
        format!("{body}Transfer-Encoding: chunked\r\n\r\n3e8\r\n{{"),
    );
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0";
    // The head of a stream that never ends.
    let half = format!("{preface}\0\0\u{1}\u{1}\0\0\0\0\u{1}\0");
    let begun = "GET /health HTTP/1.1\r\nHost: x\r\n";
    let done = format!("{begun}\r\n");
    let unfinished = format!("{begun}X-Slow: ");
    let cases: [(&str, &str, &str); 8] = [
        ("", "nothing at all", ""),
        ("PRI * HT", "half a preface", ""),
        (preface, "a preface and nothing else", ""),
        (&half, "half a head of HTTP/2", ""),
        (&unfinished, "half a head", ""),
        (&sized, "half a body", "HTTP/1.1 408"),
        (&chunked, "half a chunk", "HTTP/1.1 408"),
        ("\u{16}\u{3}\u{1}\u{2}", "TLS where there is none", "HTTP/1.1 400"),
    ];
    let limit = Duration::from_secs(14);
    let idle = tokio::task::spawn_blocking(move || wire::say(port, done.as_bytes(), limit));
    let waits = cases.map(|(bytes, name, answer)| {
        let bytes = bytes.to_owned();
        let heard = tokio::task::spawn_blocking(move || wire::say(port, bytes.as_bytes(), limit));
        (name, answer, heard)
    });
    // Each byte arrives in time, but the whole request does not.
    let pace = Duration::from_millis(700);
    let drips = [(unfinished, ""), (sized, "HTTP/1.1 408")].map(|(bytes, answer)| {
        let text = tokio::task::spawn_blocking(move || wire::drip(port, bytes.as_bytes(), b' ', pace, limit));
        (answer, text)
    });
    let idle = idle.await.unwrap();
    // Load balancers keep an idle connection for 60 s, and must not meet its end.
    assert!(idle.text.starts_with("HTTP/1.1 200") && !idle.ended, "{}", idle.text);
    for (name, answer, heard) in waits {
        let heard = heard.await.unwrap();
        assert!(heard.ended, "{name} was waited for too long");
        let text = heard.text;
        assert!(
            text.starts_with(answer) && (answer.is_empty() || text.starts_with("HTTP/1.1 ")),
            "{name}: {text}"
        );
        assert!(
            !answer.ends_with("408") || text.to_lowercase().contains("connection: close"),
            "{name}: {text}"
        );
    }
    for (answer, text) in drips {
        let text = text.await.unwrap().expect("dripping was waited for too long");
        assert!(text.starts_with(answer), "{text}");
    }
}

#[tokio::test]
async fn unfinished_handshake_is_disconnected() {
    let _running = access();
    let port: u16 = estore_tests::shop().environment(ServiceName::User)["INTERNAL_PORT"].parse().unwrap();
    let waits = [&b""[..], &[0x16, 3, 1, 0, 200, 1, 0]]
        .map(|bytes| tokio::task::spawn_blocking(move || wire::say(port, bytes, Duration::from_secs(14))));
    for wait in waits {
        assert!(wait.await.unwrap().ended, "a handshake was waited for too long");
    }
}
