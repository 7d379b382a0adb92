//! More requests at once than a service works on.

use std::{io::Write, net::TcpStream, time::Duration};

use estore_testbed::ServiceName::Inventory;
use estore_tests::{Answer, Customer, until};

use super::{
    frames::{END_HEADERS, Frames, RST_STREAM},
    replica::Replica,
    wire,
};

const SOON: Duration = Duration::from_secs(8);
const READ: &str = "/categories";
const WORKED_ON: &str = "http_requests_in_progress{listener=\"public\",method=\"POST\",route=\"/products\"}";

/// Sends a request without its body, which stays in progress until the body arrives.
fn under_way(port: u16, admin: &Customer) -> TcpStream {
    let mut stream = wire::connect(port);
    let head = format!(
        "POST /products HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n{{",
        admin.access_token
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

async fn ask(replica: &Replica, admin: &Customer, path: &str) -> Answer {
    Answer::of(replica.access.http.get(replica.url(path)).bearer_auth(&admin.access_token)).await
}

/// Starts `count` requests whose bodies do not arrive.
pub(super) async fn busy(replica: &Replica, admin: &Customer, count: u64) -> Vec<TcpStream> {
    let busy = (0..count).map(|_| under_way(replica.process.port, admin)).collect();
    let _all = until(SOON, async || replica.metric(WORKED_ON).await, |worked_on| *worked_on == count).await;
    busy
}

async fn replica(all: &str, each: &str) -> (Replica, Customer) {
    let replica =
        Replica::start(Inventory, &[("MAX_REQUESTS", all), ("MAX_REQUESTS_PER_ADDRESS", each)]).await;
    let admin = Customer::admin(&replica.access).await;
    // The replica caches the token here, because its first introspection may have to wait.
    let _known = until(SOON, async || ask(&replica, &admin, READ).await, |answer| answer.status == 200).await;
    (replica, admin)
}

#[tokio::test]
async fn request_over_the_limit_is_refused_probes_pass() {
    let (replica, admin) = replica("3", "3").await;
    let mut busy = busy(&replica, &admin, 3).await;
    let shed = ask(&replica, &admin, READ).await;
    assert_eq!(shed.header("retry-after"), "1");
    let _refused = shed.refused(503, "unavailable");
    for path in ["/health", "/ready"] {
        let _served = ask(&replica, &admin, path).await.expect(200);
    }
    assert!(replica.metric("http_requests_shed_total{listener=\"public\",reason=\"address\"}").await >= 1);

    // A client that hangs up frees its slot.
    drop(busy.pop());
    let _served =
        until(SOON, async || ask(&replica, &admin, READ).await, |answer| answer.status == 200).await;
}

#[tokio::test]
async fn address_over_its_share_of_requests_is_refused() {
    let (replica, admin) = replica("4", "2").await;
    let _busy = busy(&replica, &admin, 2).await;
    let _shed = ask(&replica, &admin, READ).await.refused(503, "unavailable");
    let head = format!(
        "GET {READ} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
        admin.access_token
    );
    // A connection by IPv6 comes from another address.
    let mut other = TcpStream::connect(("::1", replica.process.port)).unwrap();
    other.write_all(head.as_bytes()).unwrap();
    assert_eq!(wire::hear(&mut other, SOON).statuses(), [200]);
}

#[tokio::test]
async fn reset_stream_frees_its_slot() {
    let (replica, admin) = replica("1", "1").await;
    let mut frames = Frames::connect(replica.process.port);
    let token = format!("Bearer {}", admin.access_token);
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/products"),
        (":authority", "x"),
        ("authorization", &token),
        ("content-type", "application/json"),
    ];
    frames.headers(1, END_HEADERS, &fields);
    let _one = until(SOON, async || replica.metric(WORKED_ON).await, |worked_on| *worked_on == 1).await;
    let _shed = ask(&replica, &admin, READ).await.refused(503, "unavailable");
    frames.send(RST_STREAM, 0, 1, &8_u32.to_be_bytes());
    let _served =
        until(SOON, async || ask(&replica, &admin, READ).await, |answer| answer.status == 200).await;
}
