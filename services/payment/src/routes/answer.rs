//! What the client of `POST /orders` is told of an order as it is now.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use estore_kit::{
    Problem,
    extract::{self, Json},
};

use crate::domain::{Order, State};

/// 201 completed, 202 on its way, 200 cancelled by the client, or the refusal that is kept.
pub(super) fn order(order: &Order, replayed: bool) -> Result<Response, Problem> {
    let mut response = match (order.state, &order.failure) {
        (State::Completed, _) => (StatusCode::CREATED, Json(order.view())).into_response(),
        (State::Cancelled, None) => (StatusCode::OK, Json(order.view())).into_response(),
        (State::Cancelled, Some(refusal)) => refusal.problem(order.id, &order.request).into_response(),
        _ => (StatusCode::ACCEPTED, Json(order.view())).into_response(),
    };
    if !response.status().is_client_error() {
        let location = HeaderValue::try_from(format!("/orders/{}", order.id)).map_err(Problem::internal)?;
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(extract::replayed(response, replayed))
}
