//! What clients are told of orders.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use estore_kit::{
    Problem,
    extract::{self, Json},
};

use crate::domain::{Order, State};

/// A body of JSON that is ready-made.
pub(super) struct Ready(pub(super) String);

impl IntoResponse for Ready {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], self.0).into_response()
    }
}

/// The answer to `POST /orders`, for an order as it is now: 201 completed, 202 on its way, 200 cancelled by the client, or the refusal that is kept.
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
