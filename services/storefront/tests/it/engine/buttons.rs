//! The forms of the engine room: what they send on, and what they refuse.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use serde_json::json;

use super::fake::Room;

const MIX: [(&str, &str); 6] =
    [("browse", "4"), ("basket", "2"), ("order", "3"), ("decline", "1"), ("cancel", "0"), ("refund", "9")];

#[tokio::test]
async fn kill_button_causes_a_fault_and_says_so() {
    let mut room = Room::new().await;
    let seen = room.press("/engine/faults", &[("fault", "kill/payment")]).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/engine#faults"));
    assert_eq!(
        room.asked(),
        [("POST /faults".to_owned(), json!({"kind": "kill", "target": "payment", "by": "button"}))]
    );
    let page = room.open().await;
    assert!(page.text.contains("The fault is caused") && page.text.contains("pod-7"), "{}", page.text);
    assert!(!room.open().await.text.contains("The fault is caused"), "once");
}

#[tokio::test]
async fn timed_fault_needs_valid_seconds() {
    let mut room = Room::new().await;
    for seconds in ["", "0", "61", "1.5"] {
        let seen = room.press("/engine/faults", &[("fault", "freeze/user"), ("seconds", seconds)]).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{seconds}");
        assert!(seen.text.contains("from 1 to 60.") && seen.text.contains(&format!("value=\"{seconds}\"")));
    }
    assert_eq!(room.asked(), []);
    room.press("/engine/faults", &[("fault", "freeze/user"), ("seconds", "20")]).await;
    let body = json!({"kind": "freeze", "target": "user", "seconds": 20, "by": "button"});
    assert_eq!(room.asked(), [("POST /faults".to_owned(), body)]);
}

#[tokio::test]
async fn timetable_and_load_are_sent_on() {
    let mut room = Room::new().await;
    let fields = [("seed", "17"), ("min_pause", "5"), ("max_pause", "30")];
    assert_eq!(room.press("/engine/timetable", &fields).await.location(), "/engine#faults");
    room.press("/engine/timetable/end", &[]).await;
    room.press("/engine/faults/end", &[]).await;
    let fields = [&MIX[..], &[("orders_per_minute", "600")]].concat();
    assert_eq!(room.press("/engine/load", &fields).await.location(), "/engine#load");
    let fields = [&MIX[..], &[("orders_per_minute", "600"), ("preset", "0")]].concat();
    room.press("/engine/load", &fields).await;
    let mix = json!({"browse": 4, "basket": 2, "order": 3, "decline": 1, "cancel": 0, "refund": 9});
    assert_eq!(
        room.asked(),
        [
            (
                "PUT /timetable".to_owned(),
                json!({"seed": 17, "min_pause_seconds": 5, "max_pause_seconds": 30})
            ),
            ("DELETE /timetable".to_owned(), json!(null)),
            ("DELETE /faults".to_owned(), json!(null)),
            ("PUT /load".to_owned(), json!({"orders_per_minute": 600, "mix": mix})),
            ("PUT /load".to_owned(), json!({"orders_per_minute": 0, "mix": mix})),
        ]
    );
}

#[tokio::test]
async fn faults_may_take_long_to_end() {
    let mut room = Room::new().await;
    room.shop.ends_slowly.store(true, Ordering::SeqCst);
    let seen = room.press("/engine/faults/end", &[]).await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/engine#faults"));
}

#[tokio::test]
async fn wrong_values_are_shown_again() {
    let mut room = Room::new().await;
    let fields = [("seed", "17"), ("min_pause", "40"), ("max_pause", "30")];
    let seen = room.press("/engine/timetable", &fields).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text.contains("notice bad") && seen.text.contains("value=\"40\""));
    let fields = [&MIX[..], &[("orders_per_minute", "3001")]].concat();
    let seen = room.press("/engine/load", &fields).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.text.contains("from 0 to 3,000") && seen.text.contains("value=\"3001\""));
    let seen = room.press("/engine/faults", &[("fault", "explode/payment")]).await;
    assert_eq!(seen.status, StatusCode::BAD_REQUEST);
    assert_eq!(room.asked(), []);
}

#[tokio::test]
async fn refusal_of_a_component_is_shown() {
    let mut room = Room::new().await;
    room.shop.refuses.lock().unwrap().insert("POST /faults", (409, "fault_active"));
    let seen = room.press("/engine/faults", &[("fault", "kill/payment")]).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert!(seen.text.contains("notice bad") && seen.text.contains("it is fault_active"), "{}", seen.text);
    *room.shop.away.lock().unwrap() = Some("/load");
    let fields = [&MIX[..], &[("orders_per_minute", "600")]].concat();
    let seen = room.press("/engine/load", &fields).await;
    assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(seen.text.contains("does not answer right now"));
}

#[tokio::test]
async fn form_without_a_token_causes_nothing() {
    let mut room = Room::new().await;
    room.open().await;
    for path in
        ["/engine/faults", "/engine/faults/end", "/engine/timetable", "/engine/timetable/end", "/engine/load"]
    {
        let fields = [("fault", "kill/payment"), ("form_token", "k1.AAAA")];
        assert_eq!(room.browser.post(path, &fields).await.status, StatusCode::BAD_REQUEST, "{path}");
        let seen = room.browser.post_from("https://evil.example", path, &fields).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(room.asked(), []);
}
