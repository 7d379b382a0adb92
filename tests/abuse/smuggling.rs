//! Requests that two parsers could read differently: the service never takes the bytes behind them
//! as a further request.

use std::time::Duration;

use estore_testbed::ServiceName::Inventory;
use estore_tests::{access, shop};

use super::wire::{self, Heard};

const WAIT: Duration = Duration::from_millis(600);

fn say(bytes: &str) -> Heard {
    let _running = access();
    wire::say(shop().environment(Inventory)["SERVICE_PORT"].parse().unwrap(), bytes.as_bytes(), WAIT)
}

#[tokio::test]
async fn valid_requests_are_answered_one_by_one() {
    // Checks that a second answer is detected, because the other tests rely on it.
    let heard = say(&format!(
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{BEHIND}"
    ));
    assert_eq!((heard.statuses(), heard.ended), (vec![401, 200], false), "{}", heard.text);
}

/// The text behind each case. If the service read it as a request, there would be a second answer.
const BEHIND: &str = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";

/// Checks that each `head` gets 400 and that the connection ends there.
fn all_refused(cases: &[&str]) {
    for head in cases {
        let heard = say(&format!("{head}{BEHIND}"));
        assert_eq!((heard.statuses(), heard.ended), (vec![400], true), "{head:?}: {}", heard.text);
    }
}

/// Checks that each case gets one answer and that the connection ends there.
fn answered_once(cases: &[&str]) {
    for case in cases {
        let heard = say(&format!("{case}{BEHIND}"));
        assert!(heard.ended && heard.statuses().len() == 1, "{case:?}: {}", heard.text);
    }
}

#[tokio::test]
async fn ambiguous_head_is_refused() {
    all_refused(&[
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
        "POST /products HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
    ]);
}

#[tokio::test]
async fn length_beside_chunks_ends_the_connection() {
    answered_once(&[
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    ]);
}

#[tokio::test]
async fn wrong_chunks_end_the_connection() {
    let head = "POST /verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    for chunks in ["5g\r\nhello\r\n0\r\n\r\n", "fffffffffffffffff\r\n", "5\r\nhelloGET / HTTP/1.1\r\n"] {
        answered_once(&[&format!("{head}{chunks}")]);
    }
}

#[tokio::test]
async fn request_must_name_one_host() {
    all_refused(&[
        "GET /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x y\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x/y\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a@x\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x:port\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost:\r\n\r\n",
        "GET http://x/health HTTP/1.1\r\nHost: y\r\n\r\n",
        "GET /health HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n",
    ]);
    for good in [
        "GET http://x/health HTTP/1.1\r\nHost: X\r\nConnection: close\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n",
        "GET /health HTTP/1.0\r\n\r\n",
    ] {
        assert_eq!(say(good).statuses(), [200], "{good}");
    }
}

#[tokio::test]
async fn unread_body_is_not_taken_as_requests() {
    let length = BEHIND.len();
    for head in [
        format!("POST /nope HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"),
        format!("GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"),
        format!("DELETE /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n"),
    ] {
        assert_eq!(say(&format!("{head}{BEHIND}")).statuses().len(), 1, "{head}");
    }
}

#[tokio::test]
async fn protocol_upgrade_is_ignored() {
    for (header, value) in [("h2c", "HTTP2-Settings"), ("websocket", "Sec-WebSocket-Key"), ("TLS/1.0", "X")] {
        let heard = say(&format!(
            "GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, {value}\r\nUpgrade: {header}\r\n{value}: AAMAAABkAAQAAP__\r\n\r\n"
        ));
        assert_eq!(heard.statuses(), [200], "{header}");
    }
}

#[tokio::test]
async fn method_override_by_header_or_parameter_is_ignored() {
    for header in ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"] {
        let heard = say(&format!(
            "GET /health?_method=DELETE HTTP/1.1\r\nHost: x\r\n{header}: DELETE\r\nX-Original-URL: /products\r\nConnection: close\r\n\r\n"
        ));
        assert_eq!(heard.statuses(), [200], "{header}");
    }
}
