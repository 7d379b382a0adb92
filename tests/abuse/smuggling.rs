//! Requests that two readers could read differently: what comes behind them is never taken as a request of its own.

use std::time::Duration;

use estore_stage::ServiceName::Inventory;
use estore_tests::{access, shop};

use super::wire::{self, Heard};

const WAIT: Duration = Duration::from_millis(600);

fn say(bytes: &str) -> Heard {
    let _running = access();
    wire::say(shop().environment(Inventory)["SERVICE_PORT"].parse().unwrap(), bytes.as_bytes(), WAIT)
}

#[tokio::test]
async fn what_is_in_order_is_answered_one_by_one() {
    // The others here would be worth nothing if a second answer were not seen.
    let heard = say(&format!(
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{BEHIND}"
    ));
    assert_eq!((heard.statuses(), heard.ended), (vec![401, 200], false), "{}", heard.text);
}

/// Behind each: had it been read as a request, there would be a second answer.
const BEHIND: &str = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";

/// Each `head` is refused with 400, and the connection ends there.
fn all_refused(cases: &[&str]) {
    for head in cases {
        let heard = say(&format!("{head}{BEHIND}"));
        assert_eq!((heard.statuses(), heard.ended), (vec![400], true), "{head:?}: {}", heard.text);
    }
}

/// Each gets one answer, and the connection ends there.
fn answered_once(cases: &[&str]) {
    for case in cases {
        let heard = say(&format!("{case}{BEHIND}"));
        assert!(heard.ended && heard.statuses().len() == 1, "{case:?}: {}", heard.text);
    }
}

#[tokio::test]
async fn two_lengths_that_differ_or_are_no_numbers_are_refused() {
    all_refused(&[
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: 5 5\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    ]);
}

#[tokio::test]
async fn a_length_beside_chunks_ends_the_connection() {
    answered_once(&[
        "POST /products HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
    ]);
}

#[tokio::test]
async fn a_coding_whose_end_is_not_chunked_is_refused() {
    all_refused(&[
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chun\tked\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \"chunked\"\r\n\r\n",
        "POST /products HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n",
        "POST /products HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ]);
}

#[tokio::test]
async fn wrong_chunks_end_the_connection() {
    let head = "POST /verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    for chunks in [
        "5g\r\nhello\r\n0\r\n\r\n",
        "-1\r\n\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n",
        "5\r\nhelloGET / HTTP/1.1\r\n",
        "5\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n",
        "\r\n0\r\n\r\n",
    ] {
        answered_once(&[&format!("{head}{chunks}")]);
    }
}

#[tokio::test]
async fn a_header_that_is_not_written_as_one_is_refused() {
    all_refused(&[
        "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\n X: folded\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nX: \x1b[31m\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\n: no name\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nX\u{a0}: y\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\n\x0bX: y\r\n\r\n",
    ]);
}

#[tokio::test]
async fn a_request_line_that_is_not_written_as_one_is_refused() {
    for line in [
        "GET  /health HTTP/1.1",
        "GET /health  HTTP/1.1",
        "GET\t/health HTTP/1.1",
        "GET /health HTTP/1.1 x",
        "GET /health HTTP/1.2",
        "GET /health HTTP/9.9",
        "GET /health http/1.1",
        "GET /health",
        "GET /hea lth HTTP/1.1",
        "GET http://[bad/health HTTP/1.1",
        "G(T /health HTTP/1.1",
        "GET /health\0 HTTP/1.1",
    ] {
        let heard = say(&format!("{line}\r\nHost: x\r\n\r\n{BEHIND}"));
        assert!(
            heard.ended && heard.statuses().iter().all(|status| *status == 400),
            "{line:?}: {}",
            heard.text
        );
    }
}

#[tokio::test]
async fn a_request_names_one_host() {
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
async fn a_body_that_nobody_reads_is_not_taken_as_requests() {
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
async fn no_other_protocol_is_switched_to() {
    for (header, value) in [("h2c", "HTTP2-Settings"), ("websocket", "Sec-WebSocket-Key"), ("TLS/1.0", "X")] {
        let heard = say(&format!(
            "GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, {value}\r\nUpgrade: {header}\r\n{value}: AAMAAABkAAQAAP__\r\n\r\n"
        ));
        assert_eq!(heard.statuses(), [200], "{header}");
    }
}

#[tokio::test]
async fn a_method_is_not_chosen_by_a_header_or_a_parameter() {
    for header in ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"] {
        let heard = say(&format!(
            "GET /health?_method=DELETE HTTP/1.1\r\nHost: x\r\n{header}: DELETE\r\nX-Original-URL: /products\r\nConnection: close\r\n\r\n"
        ));
        assert_eq!(heard.statuses(), [200], "{header}");
    }
}
