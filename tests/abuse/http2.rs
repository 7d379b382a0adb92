//! Attacks on HTTP/2: each ends its own connection and nothing else.

use estore_testbed::ServiceName::Inventory;
use estore_tests::{Answer, access, shop};

use super::frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, Frame, Frames, GOAWAY, HEADERS,
    PROTOCOL_ERROR, REFUSED_STREAM, RST_STREAM, block, get,
};

const WHOLE: u8 = END_STREAM | END_HEADERS;

fn frames() -> Frames {
    let _running = access();
    Frames::connect(shop().environment(Inventory)["SERVICE_PORT"].parse().unwrap())
}

async fn others_are_served() {
    let access = access();
    let _served = Answer::of(access.http.get(access.url(Inventory, "/health"))).await.expect(200);
}

/// Returns the error code of a GOAWAY frame, if the server sent one before the connection ended.
fn goaway(frames: &[Frame]) -> Option<u32> {
    frames.iter().find(|frame| frame.kind == GOAWAY)?.reason()
}

fn is_answer(frame: &Frame) -> bool {
    frame.kind == HEADERS || frame.kind == RST_STREAM
}

#[tokio::test]
async fn rapid_resets_end_the_connection() {
    let mut frames = frames();
    for n in 0..10_000 {
        let stream = 2 * n + 1;
        let sent = frames.headers(stream, WHOLE, &get("/health"))
            && frames.send(RST_STREAM, 0, stream, &8_u32.to_be_bytes());
        if !sent {
            break;
        }
    }
    let heard = frames.until(|_| false);
    assert_eq!(goaway(&heard).unwrap_or(ENHANCE_YOUR_CALM), ENHANCE_YOUR_CALM, "{heard:?}");
    assert!(heard.len() < 5_000);
    others_are_served().await;
}

#[tokio::test]
async fn streams_reset_by_the_server_end_the_connection() {
    // Each request is invalid, so that the server resets it: the same attack with the roles
    // exchanged.
    let mut frames = frames();
    for n in 0..10_000 {
        let stream = 2 * n + 1;
        let fields = [("x", "no pseudo-header fields")];
        if !(frames.headers(stream, END_HEADERS, &fields) && frames.send(8, 0, stream, &0_u32.to_be_bytes()))
        {
            break;
        }
    }
    let heard = frames.until(|_| false);
    assert!(heard.iter().filter(|frame| frame.kind == RST_STREAM).count() < 1_000, "{}", heard.len());
    others_are_served().await;
}

#[tokio::test]
async fn streams_over_the_limit_are_refused() {
    let mut frames = frames();
    for n in 0..10_000 {
        let fields = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", "/products"),
            (":authority", "x"),
            ("a", "b"),
        ];
        if !frames.headers(2 * n + 1, END_HEADERS, &fields) {
            break;
        }
    }
    let heard = frames.until(|frame| frame.reason().is_some_and(|reason| reason >= REFUSED_STREAM));
    let answered = heard.iter().filter(|frame| frame.kind == HEADERS).count();
    assert!(answered < 5_000, "{answered}");
    others_are_served().await;
}

#[tokio::test]
async fn endless_head_is_not_collected() {
    let mut frames = frames();
    let mut sent = frames.send(HEADERS, END_STREAM, 1, &block(&get("/health")));
    let part = block(&[("x-more", &"y".repeat(8_000))]);
    for _ in 0..10_000 {
        sent = sent && frames.send(CONTINUATION, 0, 1, &part);
    }
    assert!(!sent, "80 MB of a head were taken");
    others_are_served().await;
}

#[tokio::test]
async fn head_larger_than_its_limit_is_refused() {
    let mut frames = frames();
    let large = "y".repeat(8_000);
    let mut sent = frames.send(HEADERS, END_STREAM, 1, &block(&get("/health")));
    for part in ["x-a", "x-b", "x-c", "x-d"] {
        sent = sent && frames.send(CONTINUATION, 0, 1, &block(&[(part, &large)]));
    }
    let _ended = sent && frames.send(CONTINUATION, END_HEADERS, 1, &block(&[("x-e", &large)]));
    let heard = frames.until(|frame| is_answer(frame) || frame.kind == GOAWAY);
    let last = heard.last().unwrap();
    assert!(last.kind != HEADERS || last.payload[0] != 0x88, "40 KB were taken: {last:?}");
}

#[tokio::test]
async fn smuggled_length_and_two_hosts_are_refused() {
    let cases: [[(&str, &str); 5]; 4] = [
        [
            (":method", "GET"),
            (":scheme", "http"),
            (":path", "/"),
            (":authority", "x"),
            ("content-length", "5"),
        ],
        [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "x"), ("x", "a\r\nb: c")],
        [(":method", "GET"), (":scheme", "http"), (":path", "/health"), (":authority", "x"), ("host", "y")],
        [(":method", "GET"), (":scheme", "http"), (":path", "/health"), ("host", "x"), ("host", "x")],
    ];
    for case in cases {
        let mut frames = frames();
        frames.headers(1, WHOLE, &case);
        let heard = frames.until(|frame| frame.kind == HEADERS || frame.reason().is_some());
        let last = heard.last().unwrap();
        let is_refused =
            last.reason() == Some(PROTOCOL_ERROR) || last.kind == HEADERS && last.payload[0] == 0x8c;
        assert!(is_refused, "{case:?}: {last:?}");
    }
}

#[tokio::test]
async fn answer_does_not_wait_for_an_unneeded_body() {
    let mut frames = frames();
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/products"),
        (":authority", "x"),
        ("content-length", "100000000"),
    ];
    frames.headers(1, END_HEADERS, &fields);
    let mut windowed = 0;
    // Within the connection's window. The answer comes before the body does.
    while windowed < 3 && frames.send(DATA, 0, 1, &[b' '; 16_000]) {
        windowed += 1;
    }
    let heard = frames.until(|frame| frame.stream == 1 && is_answer(frame));
    assert!(heard.last().is_some_and(|last| last.kind == HEADERS && last.payload[0] != 0x88));
}
