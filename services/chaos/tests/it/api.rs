//! The API, called over HTTP.

use serde_json::{Value, json};

use crate::{
    fake::Fake,
    running::{Running, until},
};

async fn running() -> Running {
    Running::start(Fake::default()).await.recovered().await
}

#[tokio::test]
async fn kill_is_done_and_names_the_process() {
    let it = running().await;
    let (status, event) = it.begin(json!({"kind": "kill", "target": "payment", "by": "button"})).await;
    assert_eq!((status, &event["by"], &event["outcome"]), (202, &json!("button"), &json!("running")));
    let state = it.outcome("done").await;
    assert_eq!(state["events"][0]["detail"], "payment-1");
    assert_eq!((&state["active"], &state["platform"]), (&json!([]), &json!("processes")));
    assert_eq!(it.platform.calls(), ["recover", "kill payment"]);
    let metrics = it.metrics().await;
    let line = r#"estore_chaos_faults_total{kind="kill",outcome="done",target="payment"} 1"#;
    assert!(metrics.lines().any(|other| other == line), "{metrics}");
}

#[tokio::test]
async fn repeated_fault_is_refused_and_ends_in_time() {
    let it = running().await;
    let body = json!({"kind": "freeze", "target": "user", "seconds": 3});
    assert_eq!(it.begin(body.clone()).await.0, 202);
    let state = it.state().await;
    assert_eq!(
        (&state["active"][0]["kind"], &state["active"][0]["target"]),
        (&json!("freeze"), &json!("user"))
    );
    let (status, refusal) = it.begin(body).await;
    assert_eq!((status, &refusal["code"]), (409, &json!("fault_active")));
    let gauge = r#"estore_chaos_fault_active{kind="freeze",target="user"}"#;
    assert!(it.metrics().await.contains(&format!("{gauge} 1")));
    let state = it.outcome("done").await;
    assert_eq!((&state["events"][0]["seconds"], &state["events"][0]["by"]), (&json!(3), &json!("api")));
    assert_eq!(it.platform.calls(), ["recover", "freeze user 3", "thaw user"]);
    assert!(it.metrics().await.contains(&format!("{gauge} 0")));
}

#[tokio::test]
async fn delete_ends_every_fault_and_the_timetable() {
    let it = running().await;
    let table = json!({"seed": 17, "min_pause_seconds": 3600, "max_pause_seconds": 3600});
    assert_eq!(it.ask("PUT", "/timetable", Some(table.clone())).await, (200, table.clone()));
    assert_eq!(it.state().await["timetable"], table);
    for (kind, target, seconds) in [
        ("freeze", "inventory", 60),
        ("mail_down", "mail", 300),
        ("gateway_slow", "gateway", 300),
        ("apart", "inventory", 120),
    ] {
        let body = json!({"kind": kind, "target": target, "seconds": seconds});
        assert_eq!(it.begin(body).await.0, 202, "{kind}");
    }
    until("all are caused", async || {
        let state = it.state().await;
        let events = state["events"].as_array().unwrap();
        events.iter().all(|event| event["detail"].is_string()).then_some(())
    })
    .await;
    assert_eq!(it.ask("DELETE", "/faults", None).await, (204, Value::Null));
    let state = it.state().await;
    assert_eq!((&state["active"], &state["timetable"]), (&json!([]), &Value::Null));
    let outcomes: Vec<&Value> =
        state["events"].as_array().unwrap().iter().map(|event| &event["outcome"]).collect();
    assert_eq!(outcomes, ["done"; 4]);
    let calls = it.platform.calls();
    assert!(
        calls.contains(&"thaw inventory".to_owned()) && calls.contains(&"mail_up".to_owned()),
        "{calls:?}"
    );
    let mut switched = it.payment.switched();
    switched.sort();
    let expected = [("apart", 0), ("apart", 120), ("gateway_slow", 0), ("gateway_slow", 300)];
    assert_eq!(switched, expected.map(|(kind, seconds)| (kind.to_owned(), seconds)));
}

#[tokio::test]
async fn wrong_request_names_its_fields() {
    let it = running().await;
    for (body, fields) in [
        (json!({"kind": "explode", "target": "user"}), &["kind"][..]),
        (json!({"kind": "kill", "target": "gateway"}), &["target"]),
        (json!({"kind": "kill", "target": "user", "seconds": 5}), &["seconds"]),
        (json!({"kind": "freeze", "target": "user"}), &["seconds"]),
        (json!({"kind": "freeze", "target": "user", "seconds": 61}), &["seconds"]),
        (json!({"kind": "freeze", "target": "redis", "seconds": 0}), &["seconds"]),
        (json!({"kind": "kill", "target": "user", "by": "timetable"}), &["by"]),
        (json!({"kind": "kill", "target": "user", "force": true}), &["force"]),
        (json!({"kind": "kill", "target": "redis"}), &["kind"]),
    ] {
        let (status, refusal) = it.begin(body.clone()).await;
        let details = refusal["details"].as_array().unwrap();
        let found: Vec<&str> = details.iter().map(|detail| detail["field"].as_str().unwrap()).collect();
        assert_eq!((status, &found[..]), (422, fields), "{body}: {refusal}");
    }
    let table = json!({"seed": 1, "min_pause_seconds": 9, "max_pause_seconds": 8});
    let (status, refusal) = it.ask("PUT", "/timetable", Some(table)).await;
    assert_eq!((status, &refusal["details"][0]["field"]), (422, &json!("max_pause_seconds")));
    assert_eq!(it.platform.calls(), ["recover"]);
}

#[tokio::test]
async fn failed_fault_shows_its_reason() {
    let it = running().await;
    assert_eq!(it.begin(json!({"kind": "kill", "target": "verification"})).await.0, 202);
    let state = it.outcome("failed").await;
    assert_eq!(state["events"][0]["detail"], "verification has no running process");
    assert_eq!(state["active"], json!([]));
}

#[tokio::test]
async fn gateway_fault_without_switches_is_refused() {
    let it = Running::with(Fake::default(), "404 Not Found").await.recovered().await;
    let body = json!({"kind": "gateway_declines", "target": "gateway", "seconds": 60});
    assert_eq!(it.begin(body).await.0, 202);
    let state = it.outcome("failed").await;
    assert_eq!(state["events"][0]["detail"], "payment refuses faults; it needs FAULTS=true");
    assert_eq!(it.payment.switched(), [("gateway_declines".to_owned(), 60)]);
}

#[tokio::test]
async fn switch_ends_by_itself() {
    let it = running().await;
    let body = json!({"kind": "gateway_answers_lost", "target": "gateway", "seconds": 1});
    assert_eq!(it.begin(body).await.0, 202);
    let state = it.outcome("done").await;
    assert_eq!(state["events"][0]["detail"], "payment");
    assert_eq!(it.payment.switched(), [("gateway_answers_lost".to_owned(), 1)]);
}

#[tokio::test]
async fn nothing_is_caused_before_recovery() {
    let platform = Fake::default();
    platform.fail("recover", 3);
    let it = Running::start(platform).await;
    let (status, refusal) = it.begin(json!({"kind": "kill", "target": "user"})).await;
    assert_eq!((status, &refusal["code"]), (503, &json!("unavailable")));
    let it = it.recovered().await;
    assert_eq!(it.platform.calls(), ["recover"; 4]);
}

#[tokio::test]
async fn offered_faults_are_listed_without_others() {
    let it = running().await;
    let state = it.state().await;
    let kinds = state["kinds"].as_array().unwrap();
    let has = |kind: &str, target: &str| {
        kinds.iter().any(|option| option["kind"] == kind && option["target"] == target)
    };
    assert_eq!(kinds.len(), 15);
    assert!(has("kill", "postgres") && has("apart", "inventory") && !has("kill", "redis"));
    assert!(kinds.iter().all(|option| option["durations"] == (option["kind"] != "kill")));
}

#[tokio::test]
async fn pages_of_other_sites_are_refused() {
    let it = running().await;
    let kill = json!({"kind": "kill", "target": "user"});
    let table = json!({"seed": 17, "min_pause_seconds": 3600, "max_pause_seconds": 3600});
    for origin in ["http://evil.example", "http://localhost.evil.example:8086", "null"] {
        for (request, body) in [
            (("POST", "/faults"), Some(&kill)),
            (("DELETE", "/faults"), None),
            (("PUT", "/timetable"), Some(&table)),
            (("DELETE", "/timetable"), None),
        ] {
            assert_eq!(it.ask_from(origin, request, body).await, 403, "{origin} {request:?}");
        }
    }
    let state = it.state().await;
    assert_eq!((&state["events"], &state["timetable"]), (&json!([]), &Value::Null));
    // The page /docs, through a port of this machine.
    assert_eq!(it.ask_from("http://localhost:8086", ("POST", "/faults"), Some(&kill)).await, 202);
}
