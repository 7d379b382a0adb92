//! Memory that a service does not spend on a client, and memory that nobody may read.

use std::{fs, io::Write, time::Duration};

use estore_testbed::ServiceName::{Inventory, Payment, User, Verification};
use estore_tests::{Answer, Customer, until};

use super::{replica::Replica, wire};

/// A KiB of JSON whitespace.
const KIB: [u8; 1024] = [b' '; 1024];

#[tokio::test]
async fn unread_or_oversized_body_is_not_kept() {
    let mut replica = Replica::start(Inventory, &[]).await;
    let admin = Customer::admin(&replica.access).await;
    let _warm = replica.get("/nope").await;
    let before = replica.memory();
    let port = replica.process.port;
    let token = admin.access_token;
    let heads = [
        ("404", "POST /nope HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned()),
        ("404", "POST /nope HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n".to_owned()),
        (
            "413",
            format!(
                "POST /products HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            ),
        ),
        (
            "413",
            format!(
                "POST /products HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n"
            ),
        ),
    ];
    for (status, head) in heads {
        let mut stream = wire::connect(port);
        stream.write_all(head.as_bytes()).unwrap();
        let chunked = head.contains("chunked");
        let mut sent_kib = 0;
        // 100 MB, if the service accepts them.
        while sent_kib < 100 * 1024 {
            let sent = if chunked {
                stream
                    .write_all(b"400\r\n")
                    .and_then(|()| stream.write_all(&KIB))
                    .and_then(|()| stream.write_all(b"\r\n"))
            } else {
                stream.write_all(&KIB)
            };
            if sent.is_err() {
                break;
            }
            sent_kib += 1;
        }
        assert!(sent_kib < 50 * 1024, "{status}: {sent_kib} KiB were sent_kib");
    }
    let grown = replica.memory().saturating_sub(before);
    assert!(grown < 40 * 1024, "{grown} KiB more");
}

#[tokio::test]
async fn body_announced_too_large_is_refused_early() {
    let replica = Replica::start(Inventory, &[]).await;
    let admin = Customer::admin(&replica.access).await;
    let head = format!(
        "POST /products HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: 262145\r\nExpect: 100-continue\r\n\r\n",
        admin.access_token
    );
    let answer = wire::say(replica.process.port, head.as_bytes(), Duration::from_secs(5));
    assert_eq!((answer.statuses(), answer.ended), (vec![413], true), "{}", answer.text);
    assert!(answer.text.contains("connection: close"), "{}", answer.text);
}

#[tokio::test]
async fn client_that_reads_no_answers_is_disconnected() {
    let replica = Replica::start(Inventory, &[]).await;
    let mut stream = wire::connect(replica.process.port);
    stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    let requests = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2_000);
    // The service stops reading requests if the client does not read the answers.
    let _stopped = stream.write_all(requests.as_bytes());
    let open = async || replica.metric("http_connections{listener=\"public\"}").await;
    let _served = until(Duration::from_secs(5), open, |open| *open == 1).await;
    let _gone = until(Duration::from_secs(20), open, |open| *open == 0).await;
}

#[tokio::test]
async fn service_leaves_no_core_dump() {
    for service in [User, Verification, Inventory, Payment] {
        let mut replica = Replica::start(service, &[]).await;
        let limits = fs::read_to_string(format!("/proc/{}/limits", replica.process.process().pid())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let sizes: Vec<&str> = core.split_whitespace().skip(4).collect();
        assert_eq!(sizes[..2], ["0", "0"], "{service}: {core}");
    }
}

#[tokio::test]
async fn panic_is_a_500_that_reveals_nothing() {
    let replica = Replica::start(Inventory, &[("FAIL_POINT", "panic:public.request@1")]).await;
    let answer = replica.get("/categories?q=secret").await;
    let headers = ["x-content-type-options", "cache-control"].map(|name| answer.header(name).to_owned());
    assert_eq!(headers, ["nosniff", "no-store"]);
    let id = answer.header("x-request-id").to_owned();
    let refused = answer.clone().refused(500, "internal_error");
    assert_eq!(refused.request_id, id);
    for word in ["panic", "fail point", "public.request", "src/", ".rs", "secret", "categories"] {
        assert!(!answer.text.contains(word), "{}", answer.text);
    }
    let _unharmed = Answer::of(replica.access.http.get(replica.url("/health"))).await.expect(200);
    let told = async || replica.log().into_iter().find(|line| line.contains("a handler panicked"));
    let line = until(Duration::from_secs(5), told, Option::is_some).await.unwrap();
    assert!(line.contains(&id) && serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{line}");
}
