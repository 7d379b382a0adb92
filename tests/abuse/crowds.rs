//! More connections than any client needs.

use std::{
    io::ErrorKind,
    net::{IpAddr, TcpStream},
    time::Duration,
};

use estore_testbed::ServiceName::Inventory;
use estore_tests::{Answer, until};
use reqwest::Client;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{replica::Replica, wire};

const SOON: Duration = Duration::from_secs(20);
const OPEN: &str = "http_connections{listener=\"public\"}";

/// Returns true while the other side keeps the connection open.
fn is_open(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    matches!(stream.peek(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

async fn crowd(port: u16, count: usize) -> Vec<TcpStream> {
    tokio::task::spawn_blocking(move || (0..count).map(|_| wire::connect(port)).collect()).await.unwrap()
}

/// Waits until exactly `count` connections are left open.
async fn left(crowd: &[TcpStream], count: usize) {
    let open = async || crowd.iter().filter(|stream| is_open(stream)).count();
    let _left = until(SOON, open, |open| *open == count).await;
}

#[expect(clippy::disallowed_methods, reason = "a test is no service")]
fn client_at(address: &str) -> Client {
    Client::builder().local_address(address.parse::<IpAddr>().unwrap()).build().unwrap()
}

#[tokio::test]
async fn idle_connections_shut_no_other_address_out() {
    let files = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files }).unwrap();
    let replica = Replica::start(Inventory, &[]).await;
    let crowd = crowd(replica.process.port, 10_000).await;
    let refused = async || {
        replica.metric("http_connections_refused_total{listener=\"public\",reason=\"address\"}").await
    };
    let _refused = until(SOON, refused, |refused| *refused >= 9_488).await;
    assert!(replica.metric(OPEN).await <= 512);

    let other = client_at("127.0.0.2");
    for path in ["/health", "/ready", "/openapi.json", "/health"] {
        let _served = Answer::of(other.get(replica.url(path))).await.expect(200);
    }
    assert!(crowd.iter().filter(|stream| is_open(stream)).count() <= 512);
    let lines = replica.log().into_iter().filter(|line| line.contains("connection limit reached")).count();
    assert!((1..=3).contains(&lines), "{lines} lines tell of 9488 connections");
}

#[tokio::test]
async fn closed_connection_frees_its_share_of_the_address() {
    let replica = Replica::start(Inventory, &[("MAX_CONNECTIONS_PER_ADDRESS", "3")]).await;
    let mut crowd = crowd(replica.process.port, 8).await;
    left(&crowd, 3).await;
    crowd.retain(is_open);
    let more = wire::connect(replica.process.port);
    left(std::slice::from_ref(&more), 0).await;
    drop(crowd.pop());
    let _one = until(SOON, async || replica.metric(OPEN).await, |open| *open < 3).await;
    let again = wire::connect(replica.process.port);
    let _three = until(SOON, async || replica.metric(OPEN).await, |open| *open == 3).await;
    assert!(is_open(&again));
}

#[tokio::test]
async fn trusted_proxy_is_bound_by_the_total_alone() {
    let settings = [
        ("MAX_CONNECTIONS", "6"),
        ("MAX_CONNECTIONS_PER_ADDRESS", "2"),
        ("TRUSTED_PROXIES", "192.0.2.0/24,127.0.0.0/8"),
    ];
    let replica = Replica::start(Inventory, &settings).await;
    let crowd = crowd(replica.process.port, 9).await;
    left(&crowd, 6).await;
    let all = replica.metric("http_connections_refused_total{listener=\"public\",reason=\"all\"}").await;
    assert_eq!(all, 3);
}

#[tokio::test]
async fn full_public_port_blocks_no_probes_or_peers() {
    let replica = Replica::start(Inventory, &[("MAX_CONNECTIONS", "1")]).await;
    let crowd = crowd(replica.process.port, 3).await;
    left(&crowd, 1).await;
    for path in ["/health", "/ready", "/metrics"] {
        let url = format!("http://127.0.0.1:{}{path}", replica.process.management_port);
        let _served = Answer::of(replica.access.http.get(url)).await.expect(200);
    }
    // The listener accepts the connection and waits for the TLS handshake.
    let peer = wire::connect(replica.process.internal_port);
    let open = async || replica.metric("http_connections{listener=\"internal\"}").await;
    let _taken = until(SOON, open, |open| *open == 1).await;
    assert!(is_open(&peer));
}

#[tokio::test]
async fn runaway_scraper_does_not_fill_the_management_port() {
    let replica = Replica::start(Inventory, &[]).await;
    let crowd = crowd(replica.process.management_port, 300).await;
    left(&crowd, 64).await;
    let probe = client_at("127.0.0.3");
    let url = format!("http://127.0.0.1:{}/ready", replica.process.management_port);
    let _served = Answer::of(probe.get(url)).await.expect(200);
}
