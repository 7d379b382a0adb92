//! The blocks of the engine room, with each part there and away.

use axum::http::StatusCode;
use serde_json::json;

use super::fake::{PARTS, Room, TRACE, ago, vector};
use crate::stage::Stage;

#[tokio::test]
async fn engine_room_exists_in_demonstrations_only() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    for path in ["/engine", "/engine/live"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let seen = browser.post("/engine/faults", &[("fault", "kill/payment")]).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    assert!(!browser.get("/login").await.text.contains("/engine"), "no page leads there");
}

#[tokio::test]
async fn page_shows_every_part_in_both_languages() {
    let mut room = Room::new().await;
    for (language, headline) in
        [("en", "0 lost, 0 double, 0 oversold"), ("de", "0 verloren, 0 doppelt, 0 überverkauft")]
    {
        room.browser.language = language;
        let seen = room.open().await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
        for shown in [
            headline,
            "value=\"kill/payment\"",
            "value=\"freeze/user\"",
            "06BT-DW1W",
            &format!("http://traces.example/trace/{TRACE}"),
            "http://grafana.example/",
            "http://mails.example/",
            "/api/payment/docs",
            "<svg class=\"map\"",
            "name=\"orders_per_minute\"",
            "value=\"240\"",
        ] {
            assert!(seen.text.contains(shown), "{language}: {shown} is not in {}", seen.text);
        }
        assert_eq!(seen.text.matches("<h1").count(), 1);
        for inline in [" style=", "<style", " onclick=", "<script>"] {
            assert!(!seen.text.contains(inline), "{inline}");
        }
        assert!(seen.text.len() < 45_000, "{} bytes", seen.text.len());
    }
    let policy = room.open().await.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn page_goes_on_without_any_part() {
    for away in PARTS {
        let mut room = Room::new().await;
        *room.shop.away.lock().unwrap() = Some(away);
        let seen = room.open().await;
        assert_eq!(seen.status, StatusCode::OK, "without {away}");
        assert!(seen.text.contains("right now"), "without {away}: {}", seen.text);
        let sections: [(&str, &str); 4] = [
            ("/faults", "value=\"kill/payment\""),
            ("/load", "4,321"),
            ("/api/v1", "1,234"),
            ("/activity", "06BT-DW1W"),
        ];
        for (part, shown) in sections {
            assert_eq!(seen.text.contains(shown), part != away, "{part} without {away}");
        }
    }
}

#[tokio::test]
async fn missing_component_is_not_running() {
    let mut room = Room::with(&["PROMETHEUS_URL"]).await;
    let seen = room.open().await;
    assert_eq!(seen.text.matches("is not running in this shop").count(), 2, "{}", seen.text);
    assert!(seen.text.contains("Not proven right now") && seen.text.contains("06BT-DW1W"));
    assert!(
        !seen.text.contains("action=\"/engine/load\"") && !seen.text.contains("action=\"/engine/faults\"")
    );
    let mut room = Room::with(&[]).await;
    assert_eq!(room.open().await.text.matches("is not running in this shop").count(), 4);
}

#[tokio::test]
async fn promise_is_made_only_if_proven() {
    let promise = "0 lost, 0 double, 0 oversold";
    for (query, rows, said) in [
        ("estore_audit_violations", json!([]), "No audit of the stores has ended yet."),
        ("estore_audit_violations", vector("equation", &[("05_money", "3")]), "found violations: 3"),
        ("time() - max(estore_audit", json!([]), "No audit of the stores has ended yet."),
        ("time() - max(estore_audit", vector("", &[("", "3600")]), "ended 60 minutes ago"),
    ] {
        let mut room = Room::new().await;
        assert!(room.open().await.text.contains(promise));
        let mut other = Room::new().await;
        other.shop.measured.lock().unwrap().insert(query, rows);
        let seen = other.open().await;
        assert!(!seen.text.contains(promise) && seen.text.contains(said), "{said}: {}", seen.text);
    }
    let mut room = Room::new().await;
    *room.shop.disagreements.lock().unwrap() = 1;
    let seen = room.open().await;
    assert!(!seen.text.contains(promise) && seen.text.contains("Something is wrong"));
    assert!(seen.text.contains("contradict what their customers were told: 1"));
}

#[tokio::test]
async fn live_part_has_blocks_and_no_form() {
    let mut room = Room::new().await;
    let page = room.open().await.text;
    let live = room.browser.get("/engine/live").await;
    assert_eq!(
        (live.status, live.headers["cache-control"].to_str().unwrap()),
        (StatusCode::OK, "private, no-cache")
    );
    for block in ["verdict", "topology", "faults", "load", "proof", "orders"] {
        let block = format!("data-block=\"{block}\"");
        assert_eq!((page.matches(&block).count(), live.text.matches(&block).count()), (1, 1), "{block}");
    }
    assert!(!live.text.contains("<form") && !live.text.contains("form_token"));
    let offers = |text: &str| {
        let (_, rest) = text.split_once("data-offers=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    assert_eq!(offers(&page), offers(&live.text));
}

#[tokio::test]
async fn text_of_a_component_is_escaped() {
    let mut room = Room::new().await;
    let detail = "<script>alert(1)</script>";
    room.shop.faults.lock().unwrap().push(json!({
        "id": 1, "at": ago(9), "kind": "kill", "target": "payment", "seconds": null, "by": "timetable",
        "outcome": "failed", "detail": detail,
    }));
    let seen = room.open().await;
    assert!(!seen.text.contains(detail) && seen.text.contains("alert(1)"));
    assert!(seen.text.contains("timetable") && seen.text.contains("failed"));
}
