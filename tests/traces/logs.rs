//! Log lines, and the log filter, which can change while a service runs.

use std::time::Duration;

use estore_testbed::{Service, ServiceName::Inventory};
use estore_tests::{Access, Answer, access, shop, until};
use reqwest::Method;
use serde_json::{Value, json};

use super::stand::{PATIENCE, traceparent};

struct Replica {
    process: Service,
    access: Access,
}

impl Replica {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let access = access();
        let mut process = shop().another(Inventory, settings).unwrap();
        process.ready(PATIENCE).await.unwrap();
        Self { process, access }
    }

    /// Sends a request within this trace that gets 401.
    async fn ask(&self, id: &str, traceparent: &str) {
        let url = format!("http://127.0.0.1:{}/products/MUG-ENAMEL-01", self.process.port);
        let request = self.access.http.get(url).header("X-Request-Id", id).header("traceparent", traceparent);
        let _refused = Answer::of(request).await.expect(401);
    }

    /// Waits for lines that contain `what`, and returns them.
    async fn lines(&self, what: &str) -> Vec<String> {
        let lines = async || {
            let mut lines = self.process.last_lines(usize::MAX);
            lines.retain(|line| line.contains(what));
            lines
        };
        until(PATIENCE, lines, |lines| !lines.is_empty()).await
    }

    async fn filter(&self, method: Method, query: &str, body: &str) -> Answer {
        let url = format!("http://127.0.0.1:{}/log{query}", self.process.management_port);
        Answer::of(self.access.http.request(method, url).body(body.to_owned())).await
    }
}

#[tokio::test]
async fn request_log_line_has_its_ids_and_trace() {
    // Traces are off, but the caller sends one.
    let replica = Replica::start(&[]).await;
    let (id, header) = traceparent(true);
    replica.ask("the-one", &header).await;
    let [line] = &replica.lines("the-one").await[..] else { panic!("not one line") };
    let line: Value = serde_json::from_str(line).unwrap();
    let told =
        ["level", "message", "target", "method", "route", "status", "request_id", "trace_id", "span_id"];
    let expected = json!([
        "INFO",
        "answered",
        "estore_server::http::boundary",
        "GET",
        "/products/{sku}",
        401,
        "the-one",
        id,
        null
    ]);
    assert_eq!(told.map(|name| line[name].clone()).as_slice(), expected.as_array().unwrap().as_slice());
    assert!(
        line["micros"].as_u64() > Some(0) && line["timestamp"].as_str().unwrap().ends_with('Z'),
        "{line}"
    );

    // An invalid header yields no trace id.
    for (n, wrong) in ["", "00-0-0-00", &header.to_uppercase(), &format!("{header}-more")].iter().enumerate()
    {
        let request = format!("wrong-{n}");
        replica.ask(&request, wrong).await;
        assert!(!replica.lines(&request).await[0].contains("trace_id"), "{wrong}");
    }
}

#[tokio::test]
async fn pretty_format_logs_short_lines() {
    let replica = Replica::start(&[("LOG_FORMAT", "pretty")]).await;
    let (id, header) = traceparent(true);
    replica.ask("the-one", &header).await;
    let [line] = &replica.lines("the-one").await[..] else { panic!("not one line") };
    assert!(line.contains(" INFO server       GET /products/{sku} 401 "), "{line}");
    assert!(line.ends_with(&format!(" ms request=the-one trace={id}")) && !line.contains('\u{1b}'), "{line}");
}

#[tokio::test]
async fn log_level_changes_at_runtime_and_reverts() {
    let replica = Replica::start(&[("RUST_LOG", "warn")]).await;
    let configured = replica.filter(Method::GET, "", "").await.expect(200).value();
    assert_eq!(configured, json!({"filter": "warn", "configured": "warn", "until": null}));
    let (_, header) = traceparent(false);
    replica.ask("before", &header).await;

    let now = replica.filter(Method::PUT, "", " warn,estore_server=info\n").await.expect(200).value();
    assert_eq!(now, json!({"filter": "warn,estore_server=info", "configured": "warn", "until": null}));
    replica.ask("after", &header).await;
    let _answered = replica.lines("after").await;
    let [told] = &replica.lines("log filter changed").await[..] else { panic!("not one line") };
    assert!(
        told.contains("\"level\":\"WARN\"") && told.contains("\"to\":\"warn,estore_server=info\""),
        "{told}"
    );

    // An invalid filter changes nothing.
    for (query, body, status, code) in [
        ("", "", 400, "bad_request"),
        ("", "loud", 400, "bad_request"),
        ("", "info,=", 400, "bad_request"),
        ("", &"x=info,".repeat(300), 413, "payload_too_large"),
        ("?seconds=0", "info", 422, "validation_error"),
        ("?seconds=86401", "info", 422, "validation_error"),
        ("?minutes=1", "info", 422, "validation_error"),
    ] {
        let _refused = replica.filter(Method::PUT, query, body).await.refused(status, code);
    }
    assert_eq!(replica.filter(Method::GET, "", "").await.expect(200).value(), now);

    // A temporary filter reverts to the configured one. An earlier timer does not end a later
    // filter.
    let short = replica.filter(Method::PUT, "?seconds=1", "debug").await.expect(200).value();
    assert!(short["until"].is_string(), "{short}");
    let _later = replica.filter(Method::PUT, "?seconds=3", "error").await.expect(200);
    let shown =
        async || replica.filter(Method::GET, "", "").await.value()["filter"].as_str().unwrap().to_owned();
    let seen = until(Duration::from_secs(10), shown, |filter| filter != "error").await;
    assert_eq!(seen, "warn");
    let _refused = replica.filter(Method::POST, "", "info").await.refused(405, "method_not_allowed");
    assert!(replica.process.last_lines(usize::MAX).iter().all(|line| !line.contains("before")));

    // The public port does not offer the log filter.
    for method in [Method::GET, Method::PUT] {
        let url = format!("http://127.0.0.1:{}/log", replica.process.port);
        let _nothing = Answer::of(replica.access.http.request(method, url).body("off")).await.expect(404);
    }
}
