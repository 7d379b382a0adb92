//! The edge of every service: paths, ids, headers, slow clients.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use estore_stage::ServiceName;
use estore_tests::{Answer, access};

#[tokio::test]
async fn an_unknown_path_gets_the_error_body_and_the_usual_headers() {
    let access = access();
    for service in ServiceName::ALL {
        for path in [
            "/",
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
async fn a_good_request_id_is_echoed_and_a_bad_one_replaced() {
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
async fn a_foreign_origin_gets_no_permission() {
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
async fn health_and_readiness_are_public_and_metrics_are_not() {
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

/// Sends `bytes`, then waits for the end of the connection; what came back.
fn raw(port: u16, bytes: &[u8], wait: Duration) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(wait)).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => Some(String::from_utf8_lossy(&answer).into_owned()),
        Err(_) => None,
    }
}

#[tokio::test]
async fn a_client_that_dawdles_is_let_go() {
    let _running = access();
    let port: u16 = estore_tests::shop().environment(ServiceName::Payment)["SERVICE_PORT"].parse().unwrap();
    let cases: [(&[u8], &str); 4] = [
        (b"", "nothing at all"),
        (b"PRI * HT", "half a preface"),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ", "half a head"),
        (b"POST /orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{", "half a body"),
    ];
    let waits = cases.map(|(bytes, name)| {
        tokio::task::spawn_blocking(move || (name, raw(port, bytes, Duration::from_secs(14))))
    });
    for wait in waits {
        let (name, answer) = wait.await.unwrap();
        let answer = answer.unwrap_or_else(|| panic!("{name} was waited for too long"));
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{name}: {answer}");
    }
}
