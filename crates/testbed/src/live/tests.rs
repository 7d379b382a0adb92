//! Tests the page alone, with a Prometheus that has read nothing and then stops.

use serde_json::Value;

use super::*;
use crate::{
    http,
    ports::free_port,
    prometheus::{Prometheus, Scraping},
};

async fn value(live: &Live) -> Value {
    let (status, body) = http::get(live.port, "/api/live").await.unwrap();
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

fn state<'a>(answer: &'a Value, part: &str) -> &'a str {
    let parts = answer["parts"].as_array().unwrap();
    parts.iter().find(|one| one["name"] == part).unwrap()["state"].as_str().unwrap()
}

#[tokio::test]
async fn live_page_reports_absent_and_unmeasured_parts() {
    let directory = std::env::temp_dir().join(format!("estore-live-{}", std::process::id()));
    let interval = Duration::from_millis(100);
    let scraping = Scraping { interval, targets: Vec::new(), rules: None, port: None };
    let mut prometheus = Prometheus::start(&directory, &scraping).await.unwrap();
    let watched = Watched {
        services: vec![(ServiceName::Payment, free_port().unwrap())],
        mailbox: free_port().unwrap(),
        prometheus: prometheus.port,
        interval,
        has_rules: false,
        links: vec![["Mailbox".to_owned(), "http://localhost:8025".to_owned()]],
    };
    let live = Live::start(0, watched).await.unwrap();
    let answer = value(&live).await;
    assert_eq!(state(&answer, "Payment Service"), "away");
    assert_eq!(state(&answer, "Redis"), "unknown");
    assert_eq!(state(&answer, "Mailbox"), "away");
    assert_eq!(state(&answer, "Prometheus"), "up");
    let figures = answer["figures"].as_array().unwrap();
    assert!(figures.len() > 9 && figures.iter().all(|one| one["value"].is_null()), "{figures:?}");
    assert!(answer["charts"].as_array().unwrap().iter().all(|one| one["lines"] == serde_json::json!([])));
    assert_eq!(answer["problems"], serde_json::json!([]), "each query is one that Prometheus understands");
    assert!(answer["alerts"].is_null() && answer["at"].as_f64().unwrap() > 1e9);

    prometheus.kill().await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let answer = loop {
        let answer = value(&live).await;
        if state(&answer, "Prometheus") == "away" {
            break answer;
        }
        assert!(Instant::now() < deadline, "{answer}");
    };
    assert!(answer["at"].is_null() && state(&answer, "Redis") == "unknown");
    std::fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn live_page_rejects_foreign_hosts_and_scripts() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let watched = Watched {
        services: Vec::new(),
        mailbox: 1,
        prometheus: 1,
        interval: FRESH,
        has_rules: true,
        links: Vec::new(),
    };
    let live = Live::start(0, watched).await.unwrap();
    let ask = async |request: &str| {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", live.port)).await.unwrap();
        stream.write_all(format!("{request}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    for host in
        ["evil.example", "localhost.evil.example:8090", "localhost:8090@evil.example", "[::1]:8090", ""]
    {
        let answer = ask(&format!("GET /api/live HTTP/1.1\r\nHost: {host}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{host}: {answer}");
    }
    let page = ask("GET / HTTP/1.1\r\nHost: localhost:8090\r\n").await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("nosniff"), "{page}");
    let policy = page.lines().find(|line| line.starts_with("content-security-policy")).unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    for part in ["script", "style"] {
        // One of each, and the hash is not that of an empty string.
        assert_eq!(PAGE.matches(&format!("<{part}")).count(), 1);
        assert_ne!(hash(&format!("<{part}>"), &format!("</{part}>")), hash("<nothing>", "</nothing>"));
    }
    for outside in ["http://", "//", "@import", "url("] {
        let found = PAGE.lines().find(|line| line.contains(outside) && !line.contains("www.w3.org/2000/svg"));
        assert!(found.is_none_or(|line| line.trim_start().starts_with("// ")), "{found:?}");
    }
    let wrong = ask("POST /api/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n").await;
    assert!(wrong.starts_with("HTTP/1.1 405"), "{wrong}");
}
