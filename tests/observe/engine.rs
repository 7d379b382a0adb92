//! The engine room of the storefront, for the shop in which every journey ran.

use std::{
    io::{Write, stderr},
    time::Duration,
};

use estore_testbed::{Alert, ServiceName::Storefront, installed};
use estore_tests::{Answer, directory, until};
use tokio::{process::Command, time::timeout};

use crate::scene::{Scene, scene};

/// The longest wait until Prometheus has read what the services know.
const PATIENCE: Duration = Duration::from_secs(30);

async fn room(scene: &Scene) -> String {
    Answer::of(scene.access.http.get(scene.access.url(Storefront, "/engine"))).await.expect(200).text
}

/// Returns what the page says of the alerts. A busy machine is slow for its first minute, so an
/// alert may be pending. One that fires is a fault of the shop.
async fn alerts(scene: &Scene) -> Vec<String> {
    let alerts = scene.prometheus.queries().alerts().await.unwrap();
    if alerts.is_empty() {
        return vec!["No alert fires.".to_owned()];
    }
    let pending = |alert: &Alert| format!("may fire soon</b> {} ", alert.labels["alertname"]);
    alerts.iter().map(pending).collect()
}

#[tokio::test]
async fn engine_room_shows_the_activity() {
    let scene = scene();
    let shown = [
        // The page itself asks Payment for the latest orders.
        "<th scope=\"row\">Storefront</th><td>Payment</td>",
        "One key makes one order, and one refund.",
        "<b class=\"up\">0</b>",
        "status-refunded",
        "Units for sale",
    ];
    let ask = async || {
        let alerts = alerts(scene).await;
        let page = room(scene).await;
        let shown = shown.iter().map(|text| (*text).to_owned()).chain(alerts);
        let missing: Vec<String> = shown.filter(|text| !page.contains(text)).collect();
        // Five services, what stands in for Chaos and the shopper, Redis and Postgres.
        let ready = page.matches("<td class=\"up\">ready</td>").count();
        (missing, ready, page)
    };
    let (.., page) = until(PATIENCE, ask, |(missing, ready, _)| missing.is_empty() && *ready == 9).await;
    assert!(!page.contains("class=\"down\"") && !page.contains("does not answer right now"), "{page}");
    // The scene has neither faults nor load on demand, and so no proof of what customers saw.
    assert_eq!(page.matches("is not running in this shop").count(), 2);
    assert!(page.contains("Not proven right now"));
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
async fn engine_room_renews_itself_in_a_browser() {
    let scene = scene();
    let Some((page, said)) = rendered(&scene.access.url(Storefront, "/engine")).await else {
        // Writes past the output capture, because the test would otherwise be skipped silently.
        writeln!(stderr(), "SKIPPED: Chromium is missing, and the page was not opened").unwrap();
        return;
    };
    let console: Vec<&str> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(console.is_empty(), "{console:?}");
    for shown in
        ["<td class=\"up\">ready</td>", "class=\"map\"", "status-refunded", "data-stale=\"\" hidden=\"\""]
    {
        assert!(page.contains(shown), "{shown} is not shown:\n{said}\n{page}");
    }
    for fault in ["NaN", "undefined", "does not answer right now"] {
        assert!(!page.contains(fault), "{fault} is shown:\n{page}");
    }
}
