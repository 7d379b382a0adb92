//! The things in the small shop, and the answers of services that have them.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

pub(super) const ID: &str = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";
/// The number of the order with [`ID`].
pub(super) const ID_NUMBER: &str = "06BT-DW1W";
pub(super) const NOW: &str = "2026-11-23T12:00:00Z";

pub(super) fn product(sku: &str, status: &str) -> Value {
    json!({
        "sku": sku, "name": format!("Mug {sku}"), "description": "Steel.",
        "price": {"amount": 1490, "currency": "USD"}, "category": "mugs", "tags": ["camping"],
        "images": ["/images/mug.svg"], "attributes": {"material": "steel"}, "available": 3, "status": status,
        "version": 1, "created_at": NOW, "updated_at": NOW
    })
}

pub(super) fn order() -> Value {
    json!({
        "id": ID, "number": ID_NUMBER, "user_id": ID, "status": "completed",
        "items": [{"sku": "A", "name": "Mug", "quantity": 2, "unit_price": {"amount": 1490, "currency": "USD"}, "line_total": {"amount": 2980, "currency": "USD"}}],
        "total": {"amount": 2980, "currency": "USD"}, "refunded": {"amount": 0, "currency": "USD"}, "failure": null,
        "payment_method": {"id": ID, "brand": "visa", "last4": "4242"},
        "created_at": NOW, "updated_at": NOW, "timeline": [{"state": "accepted", "at": NOW}, {"state": "completed", "at": NOW}]
    })
}

/// The order as a list has it. A cancelled order was declined.
pub(super) fn listed(query: &str) -> Value {
    let mut order = order();
    if query.contains("status=cancelled") {
        order["status"] = json!("cancelled");
        order["failure"] = json!({"code": "payment_declined", "message": "The card was declined."});
    }
    order
}

/// The ledger entry of an order.
pub(super) fn capture(order: &str) -> Value {
    json!({
        "id": "1-0", "type": "capture", "order_id": order, "amount": {"amount": 2980, "currency": "USD"},
        "debit": "shop", "credit": "authorized", "created_at": NOW
    })
}

pub(super) fn account() -> Value {
    json!({
        "id": ID, "email": "ada@example.com", "email_verified": true, "role": "customer", "status": "active",
        "name": "Ada <i>", "phone": null, "shipping_address": null, "locale": "en", "created_at": NOW
    })
}

pub(super) fn mail() -> Value {
    json!({
        "id": ID, "user_id": ID, "email": "ada@example.com", "purpose": "email", "locale": "en", "status": "bounced",
        "attempts": 3, "last_smtp_answer": "550 no such user", "created_at": NOW, "sent_at": null
    })
}

pub(super) fn refusal(status: u16, code: &str) -> Response {
    let body = json!({"error": "E", "message": "m", "status_code": status, "code": code, "request_id": "r"});
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

/// The refusal of a request for one of its fields.
pub(super) fn invalid(field: &str, message: &str) -> Response {
    let body = json!({
        "error": "E", "message": "m", "status_code": 422, "code": "validation_error", "request_id": "r",
        "details": [{"field": field, "message": message}]
    });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}

pub(super) fn page(items: &[Value]) -> Response {
    Json(json!({"items": items, "next_cursor": null})).into_response()
}
