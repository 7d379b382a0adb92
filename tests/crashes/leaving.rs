//! A service that stops or has gained replicas ends kept connections without losing a request.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use estore_testbed::{ServiceName::User, Shop};
use estore_tests::{Access, Answer, directory, fresh, until};

const PATIENCE: Duration = Duration::from_secs(30);

/// A connection that its client keeps open.
struct Kept(BufReader<TcpStream>);

impl Kept {
    fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    /// Requests `/health`. Returns the status, and true if the answer announces the end of the
    /// connection.
    fn ask(&mut self) -> (u16, bool) {
        self.0.get_mut().write_all(b"GET /health HTTP/1.1\r\nHost: shop\r\n\r\n").unwrap();
        let (mut lines, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the connection was cut");
            let line = line.trim().to_lowercase();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
            if line.is_empty() {
                break;
            }
            lines.push(line);
        }
        self.0.read_exact(&mut vec![0; length]).unwrap();
        let status = lines[0].split(' ').nth(1).unwrap().parse().unwrap();
        (status, lines.iter().any(|line| line == "connection: close"))
    }
}

#[tokio::test]
async fn stopping_service_closes_kept_connections_after_an_answer() {
    let mut shop = Shop::start(fresh(directory("leaving"), &[])).await.unwrap();
    // This service alone drains slowly: the others would each take as long to stop.
    shop.service(User).stop().await.unwrap();
    shop.service(User).start_with(&[("DRAIN_SECONDS", "20")]).unwrap();
    shop.service(User).ready(PATIENCE).await.unwrap();
    let mut kept = Kept::open(shop.service(User).port);
    assert_eq!(kept.ask(), (200, false));
    shop.service(User).signal("TERM").unwrap();
    let access = Access::to(&shop);
    let ready = async || Answer::of(access.http.get(access.url(User, "/ready"))).await;
    let _stopping = until(PATIENCE, ready, |answer| answer.status == 503).await;
    assert_eq!(kept.ask(), (200, true), "served, and for the last time");
    // The service still serves new connections.
    assert_eq!(Kept::open(shop.service(User).port).ask(), (200, true));
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn old_connection_is_closed_after_an_answer() {
    let mut shop = Shop::start(fresh(directory("old"), &[("MAX_CONNECTION_SECONDS", "1")])).await.unwrap();
    let mut kept = Kept::open(shop.service(User).port);
    // Every answer arrives in full, until one announces that it is the last.
    let mut answers = 0;
    loop {
        let (status, last) = kept.ask();
        assert_eq!(status, 200);
        answers += 1;
        if last {
            break;
        }
    }
    assert!(answers > 1);
    shop.stop().await.unwrap();
}
