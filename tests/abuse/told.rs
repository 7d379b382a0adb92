//! Logs and metrics about hostile requests.

use std::{collections::BTreeSet, ops::Range, time::Duration};

use estore_testbed::ServiceName::{Inventory, Verification};
use estore_tests::{Answer, Customer, until};
use reqwest::Method;
use serde_json::{Value, json};

use super::{replica::Replica, wire};

const SOON: Duration = Duration::from_secs(5);
const INJECTED: [&str; 4] =
    ["a\n{\"level\":\"ERROR\",\"forged\":true}", "\u{1b}[31mred", "${jndi:ldap://evil/x}", "\u{2028}%s%n"];

/// Waits until the log mentions the request with this id, and returns all lines.
async fn log_with(replica: &Replica, id: &str) -> Vec<Value> {
    let told = async || replica.log().iter().any(|line| line.contains(id));
    let _told = until(SOON, told, |told| *told).await;
    let parse = |line: &String| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    replica.log().iter().map(parse).collect()
}

#[tokio::test]
async fn request_is_one_unforgeable_log_line() {
    let replica = Replica::start(Inventory, &[("RUST_LOG", "debug")]).await;
    let admin = Customer::admin(&replica.access).await;
    for text in INJECTED {
        let encoded = text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02x}"));
        let _refused = replica.get(&format!("/{encoded}")).await.expect(404);
        let url = replica.url(&format!("/products?q={encoded}&{encoded}={encoded}&cursor={encoded}"));
        let _refused = Answer::of(replica.access.http.get(url).bearer_auth(&admin.access_token)).await;
        let body = json!({"sku": text, "name": text, "description": text, text: text});
        let request = replica.access.http.post(replica.url("/products")).bearer_auth(&admin.access_token);
        let _refused = Answer::of(request.json(&body)).await.expect(422);
        let raw = format!(
            "GET /products HTTP/1.1\r\nHost: x\r\nUser-Agent: {text}\r\nX-Request-Id: {text}\r\nConnection: close\r\n\r\n"
        );
        let _refused = wire::say(replica.process.port, raw.as_bytes(), SOON);
    }
    let answer =
        Answer::of(replica.access.http.get(replica.url("/products")).header("X-Request-Id", "the-last-one"))
            .await;
    assert_eq!(answer.header("x-request-id"), "the-last-one");
    let lines = log_with(&replica, "the-last-one").await;
    for line in &lines {
        let text = line.to_string();
        assert!(line["forged"].is_null() && !text.contains("jndi") && !text.contains("[31m"), "{text}");
    }
    let answered = lines
        .iter()
        .filter(|line| line["message"] == "answered" && line.to_string().contains("the-last-one"));
    assert_eq!(answered.count(), 1);
}

#[tokio::test]
async fn logs_contain_no_query_token_or_unknown_method() {
    let replica = Replica::start(Verification, &[("RUST_LOG", "info,estore_server=debug")]).await;
    let canary = "c4n4ry0123456789abcdef0123456789abcdef012345";
    let _page = replica.get(&format!("/verify?token={canary}")).await;
    let _refused = replica.get(&format!("/nope/{canary}?{canary}")).await.expect(404);
    let refused = replica.access.http.get(replica.url("/verifications")).bearer_auth(canary);
    let _refused = Answer::of(refused.header("Cookie", canary).header("Referer", canary)).await.expect(401);
    let post = replica.access.http.post(replica.url("/verify")).json(&json!({"token": canary}));
    let _refused = Answer::of(post).await;
    let method = Method::from_bytes(canary.to_uppercase().as_bytes()).unwrap();
    let odd =
        replica.access.http.request(method, replica.url("/verify")).header("X-Request-Id", "the-last-one");
    let _refused = Answer::of(odd).await.refused(405, "method_not_allowed");
    let lines = log_with(&replica, "the-last-one").await;
    assert!(lines.iter().all(|line| !line.to_string().to_lowercase().contains(canary)), "{lines:?}");
}

fn values(metrics: &str, label: &str) -> BTreeSet<String> {
    let begin = format!("{label}=\"");
    let value = |line: &str| Some(line.split_once(&begin)?.1.split('"').next()?.to_owned());
    metrics.lines().filter_map(value).collect()
}

/// Counts the lines about requests. Other lines may appear for the first time because of the
/// replica's own work.
fn series(metrics: &str) -> usize {
    metrics.lines().filter(|line| line.starts_with("http_")).count()
}

/// Sends requests with made-up methods and paths.
async fn flood(replica: &Replica, numbers: Range<u32>) {
    for n in numbers {
        let method = Method::from_bytes(format!("BREW{n}").as_bytes()).unwrap();
        for path in [format!("/{n}/nope"), format!("/products/{n}"), "/health".to_owned()] {
            let request = replica.access.http.request(method.clone(), replica.url(&path));
            let _refused = Answer::of(request.header("User-Agent", format!("agent-{n}"))).await;
        }
    }
}

#[tokio::test]
async fn made_up_paths_and_methods_are_no_labels() {
    let replica = Replica::start(Inventory, &[]).await;
    // One request of each kind creates the series that can exist.
    flood(&replica, 0..1).await;
    let before = series(&replica.metrics().await);
    flood(&replica, 1..200).await;
    let metrics = replica.metrics().await;
    let more = series(&metrics) - before;
    assert!(more < 40, "{more} more lines for 600 requests");
    let expected = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(values(&metrics, "method"), expected(&["GET", "other"]));
    assert!(values(&metrics, "route").is_subset(&expected(&[
        "(none)",
        "/health",
        "/ready",
        "/metrics",
        "/products/{sku}"
    ])));
    assert!(!metrics.contains("BREW") && !metrics.contains("agent-"));
}
