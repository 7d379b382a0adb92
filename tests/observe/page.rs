//! The page of `./dev up --observe`, for the shop in which every journey ran.

use std::{
    io::{Write, stderr},
    time::Duration,
};

use estore_testbed::{ServiceName::Payment, installed};
use estore_tests::{Answer, directory, until};
use serde_json::{Value, json};
use tokio::{process::Command, time::timeout};

use crate::scene::{Scene, scene};

async fn live(scene: &Scene) -> Value {
    let url = format!("http://localhost:{}/api/live", scene.live.port);
    Answer::of(scene.access.http.get(url)).await.expect(200).value()
}

fn figure(answer: &Value, of: &str, id: &str) -> f64 {
    let all = answer[of].as_array().unwrap();
    let one = all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("no {id}"));
    one["value"].as_f64().unwrap_or(f64::NAN)
}

fn entries(answer: &Value, id: &str) -> Value {
    answer["lists"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap()["entries"].clone()
}

#[tokio::test]
async fn page_shows_the_activity() {
    let scene = scene();
    // Creates current activity, whatever the last minute had.
    let ask = async || {
        let _somebody =
            Answer::of(scene.access.http.get(scene.access.url(Payment, "/health"))).await.expect(200);
        live(scene).await
    };
    let patience = Duration::from_secs(30);
    // The services count the contents of the stores every 5 s.
    let is_told = |answer: &Value| {
        figure(answer, "figures", "latency_p99") > 0.0 && figure(answer, "figures", "orders_open") < 1.0
    };
    let answer = until(patience, ask, is_told).await;
    let tally = &scene.tally;
    for (id, count) in [
        ("registered", tally.registered),
        ("verified", tally.verified),
        ("ordered", tally.orders),
        ("completed", tally.completed),
    ] {
        assert_eq!(figure(&answer, "funnel", id).to_string(), count.to_string(), "{id}: {tally:?}");
    }
    assert_eq!(
        entries(&answer, "captured"),
        json!([["USD", f64::from(i32::try_from(tally.captured).unwrap())]])
    );
    assert_eq!(
        entries(&answer, "refunded"),
        json!([["USD", f64::from(i32::try_from(tally.refunded).unwrap())]])
    );
    let reasons = json!([
        ["insufficient_stock", f64::from(tally.short)],
        ["payment_declined", f64::from(tally.declined)]
    ]);
    assert_eq!(entries(&answer, "cancelled"), reasons);
    assert_eq!(figure(&answer, "figures", "errors").to_string(), "0");
    assert!(
        figure(&answer, "figures", "stock_available") > 100.0
            && figure(&answer, "figures", "products_sold_out") >= 2.0
    );
    assert!(figure(&answer, "figures", "latency_p50") <= figure(&answer, "figures", "latency_p99"));
    for one in answer["figures"].as_array().unwrap() {
        assert!(one["value"].is_number(), "{one}");
    }
    for part in answer["parts"].as_array().unwrap() {
        assert_eq!(part["state"], "up", "{part}");
    }
    assert_eq!(answer["parts"].as_array().unwrap().len(), 9);
    for chart in answer["charts"].as_array().unwrap() {
        let lines = chart["lines"].as_array().unwrap();
        assert!(lines.iter().all(|line| !line["points"].as_array().unwrap().is_empty()), "{}", chart["id"]);
        assert!(!lines.is_empty(), "{} has no line", chart["id"]);
    }
    assert_eq!((&answer["problems"], answer["alerts"].is_array()), (&json!([]), true));
}

/// Renders a page in a headless browser, if there is one.
async fn rendered(url: &str) -> Option<(String, String)> {
    let browser =
        installed(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"])
            .ok()?;
    let profile = directory("observe-browser");
    let mut command = Command::new(browser);
    // Chromium has no sandbox as root. It opens this page alone, and sends requests nowhere else.
    command.args([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
    ]);
    command.args([
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--metrics-recording-only",
    ]);
    command.args(["--enable-logging=stderr", "--virtual-time-budget=8000", "--dump-dom"]);
    command.arg(format!("--user-data-dir={}", profile.display())).arg(url).kill_on_drop(true);
    let output = timeout(Duration::from_mins(2), command.output()).await.expect("the browser ends").unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some((text(&output.stdout), text(&output.stderr)))
}

#[tokio::test]
async fn page_runs_in_a_browser() {
    let scene = scene();
    let Some((page, said)) = rendered(&format!("http://localhost:{}/", scene.live.port)).await else {
        // Writes past the output capture, because the test would otherwise be skipped silently.
        writeln!(stderr(), "SKIPPED: Chromium is missing, and the page was not opened").unwrap();
        return;
    };
    let console: Vec<&str> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(console.is_empty(), "{console:?}");
    let completed = format!("<b>{}</b>", scene.tally.completed);
    for shown in
        ["✓ up", "Orders completed", completed.as_str(), "a minute", "<path class=\"s0\" d=\"M", "as of "]
    {
        assert!(page.contains(shown), "{shown} is not shown:\n{said}\n{page}");
    }
    for fault in ["✗ away", "does not answer", "could not learn", "class=\"stale\"", "NaN", "undefined"] {
        let body = page.split("<script>").next().unwrap();
        assert!(!body.contains(fault), "{fault} is shown:\n{body}");
    }
}
