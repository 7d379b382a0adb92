//! An account that stands in for that of the User Service.

use axum::{
    Json,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::stage::PASSWORD;

/// Answers a request to the User Service about the caller's account, or returns `None` for other
/// paths.
pub(crate) fn answer(method: &str, uri: &Uri, body: &[u8]) -> Option<Response> {
    let read = || serde_json::from_slice::<Value>(body).unwrap_or_default();
    let confirmed = |field: &str, status: StatusCode| {
        if read()[field] == PASSWORD { status.into_response() } else { refused(403, "wrong_password") }
    };
    Some(match (method, uri.path()) {
        ("GET" | "PATCH", "/me") => Json(profile()).into_response(),
        ("DELETE", "/me") => confirmed("password", StatusCode::NO_CONTENT),
        ("PUT", "/me/password") => confirmed("current_password", StatusCode::NO_CONTENT),
        ("GET", "/me/export") => Json(json!({"profile": profile()})).into_response(),
        ("GET", "/me/sessions") => {
            let items = [session(1, true), session(2, false), session(3, false)];
            Json(json!({"items": items, "next_cursor": null})).into_response()
        }
        ("DELETE", path) if path.ends_with(&id(2)) => StatusCode::NO_CONTENT.into_response(),
        ("DELETE", path) if path.ends_with(&id(3)) => refused(404, "not_found"),
        ("GET", "/me/addresses") => Json(json!({"items": [], "next_cursor": null})).into_response(),
        ("POST", "/me/addresses") => refused(409, "too_many_addresses"),
        _ => return None,
    })
}

fn id(number: u32) -> String {
    format!("0197a6f0-3c5e-7d6b-9a44-{number:012}")
}

fn profile() -> Value {
    json!({
        "id": id(1), "email": "ada@example.com", "email_verified": true, "role": "customer", "status": "active",
        "name": "Ada <L>", "phone": null, "shipping_address": null, "locale": "en",
        "created_at": "2026-11-23T12:00:00Z",
    })
}

fn session(number: u32, current: bool) -> Value {
    json!({
        "id": id(number), "created_at": "2026-11-23T12:00:00Z", "last_used_at": "2026-11-23T12:00:00Z",
        "user_agent": format!("Browser {number}"), "current": current,
    })
}

fn refused(status: u16, code: &str) -> Response {
    let body = json!({"error": "E", "message": "m", "status_code": status, "code": code, "request_id": "r"});
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}
