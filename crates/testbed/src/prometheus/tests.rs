//! Tests with a real Prometheus.

use std::{
    net::{TcpListener, TcpStream, UdpSocket},
    process::Command,
};

use super::*;

fn directory(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("estore-prometheus-{name}-{}", std::process::id()))
}

fn scraping(targets: Vec<(ServiceName, u16)>, rules: Option<PathBuf>) -> Scraping {
    Scraping { interval: Duration::from_millis(100), targets, others: Vec::new(), rules, port: None }
}

async fn until_found(queries: Queries, expression: &str) -> Vec<Series> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let found = queries.now(expression).await.unwrap();
        if !found.is_empty() {
            return found;
        }
        assert!(Instant::now() < deadline, "{expression} stays empty");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Serves the metrics of one service, as far as this test needs them.
async fn target() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    #[expect(clippy::disallowed_methods, reason = "no service of the shop")]
    let router = axum::Router::new().route("/metrics", axum::routing::get(async || "answer 42\n"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

#[tokio::test]
async fn prometheus_scrapes_labelled_targets_and_fires_alerts() {
    let directory = directory("reads");
    fs::create_dir_all(&directory).unwrap();
    let rules = directory.join("alerts.yaml");
    let rule = r#"{"groups": [{"name": "g", "rules": [{"alert": "Away", "expr": "up == 0", "annotations": {"summary": "{{ $labels.service }} is away"}}]}]}"#;
    fs::write(&rules, rule).unwrap();
    let dead = ports::free_port().unwrap();
    let targets = vec![(ServiceName::Payment, target().await), (ServiceName::User, dead)];
    let mut prometheus = Prometheus::start(&directory, &scraping(targets, Some(rules))).await.unwrap();
    let queries = prometheus.queries();

    let found = until_found(queries, "answer").await;
    assert_eq!((found[0].value(), found[0].label("service")), (Some(42.0), "payment"));
    let down = until_found(queries, r#"up{service="user"} == 0"#).await;
    assert_eq!(down[0].value(), Some(0.0));
    let targets = queries.targets().await.unwrap();
    let health = |service: &str| {
        let of = |target: &&Target| target.labels.get("service").map(String::as_str) == Some(service);
        targets.iter().find(of).unwrap().health.clone()
    };
    assert_eq!((health("payment"), health("user")), ("up".to_owned(), "down".to_owned()));

    until_found(queries, r#"ALERTS{alertname="Away", alertstate="firing"}"#).await;
    let alerts = queries.alerts().await.unwrap();
    assert_eq!((alerts.len(), alerts[0].state.as_str()), (1, "firing"));
    assert_eq!(alerts[0].annotations["summary"], "user is away");

    assert_eq!(queries.now("vector(0) / 0").await.unwrap()[0].value(), None, "NaN is no value");
    assert_eq!(queries.now("7").await.unwrap()[0].value(), Some(7.0));
    assert!(queries.now("absent(answer)").await.unwrap().is_empty());
    let refused = format!("{:#}", queries.now("sum(").await.unwrap_err());
    assert!(refused.contains("sum(") && refused.contains("refused"), "{refused}");

    prometheus.kill().await.unwrap();
    assert!(queries.now("1").await.unwrap_err().root_cause().to_string().contains("does not answer"));
    prometheus.start_again().await.unwrap();
    assert!(!queries.now("last_over_time(answer[1h])").await.unwrap().is_empty(), "the data is gone");
    prometheus.stop().await.unwrap();
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn prometheus_is_local_and_its_storage_is_bounded() {
    let directory = directory("bounded");
    let mut prometheus = Prometheus::start(&directory, &scraping(Vec::new(), None)).await.unwrap();
    // This sends no packet: the system reports the source address that it would use.
    let outside = UdpSocket::bind("0.0.0.0:0").unwrap();
    if outside.connect("192.0.2.1:9").is_ok() {
        let own = outside.local_addr().unwrap().ip();
        assert!(TcpStream::connect((own, prometheus.port)).is_err(), "{own} reaches it");
    }
    let (_, flags) = http::get_whole(prometheus.port, "/api/v1/status/flags").await.unwrap();
    for (name, value) in KEPT {
        // Prometheus may print MiB for MB.
        let said = format!("\"{}\":\"{}", name.trim_start_matches("--"), value.trim_end_matches('B'));
        assert!(flags.contains(&said), "{said} is not in {flags}");
    }
    let checked = Command::new(installed(&["promtool"]).unwrap())
        .args(["check", "config"])
        .arg(prometheus.configuration())
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    prometheus.stop().await.unwrap();
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn prometheus_that_cannot_start_reports_the_reason() {
    let directory = directory("broken");
    fs::create_dir_all(&directory).unwrap();
    let rules = directory.join("alerts.yaml");
    fs::write(&rules, "groups: [{name: g, rules: [{alert: A, expr: 'sum('}]}]").unwrap();
    let Err(error) = Prometheus::start(&directory, &scraping(Vec::new(), Some(rules))).await else {
        panic!("it started with rules that are none");
    };
    assert!(error.to_string().contains("alerts.yaml"), "{error:#}");

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let scraping = Scraping { port: Some(port), ..scraping(Vec::new(), None) };
    let Err(error) = Prometheus::start(&directory, &scraping).await else { panic!("it took the port") };
    assert!(error.to_string().contains("is taken"), "{error:#}");
    fs::remove_dir_all(directory).unwrap();
}
