//! Responses about orders, and the error for an order that was refused.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use estore_contract::{Code, FieldError, OrderId, payment::OrderRequest};
use estore_server::{
    Problem,
    extract::{self, Json},
};

use crate::domain::{Order, Refusal, State};

/// A ready-made JSON body.
pub(crate) struct Ready(pub(crate) String);

impl IntoResponse for Ready {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], self.0).into_response()
    }
}

/// Returns the response to `POST /orders` for an order in its current state. The status is 201 if
/// it is completed, 202 if in progress, and 200 if its customer or an admin cancelled it.
/// Otherwise the response is the refusal that is kept.
pub(crate) fn order(order: &Order, replayed: bool) -> Result<Response, Problem> {
    let mut response = match (order.state, &order.failure) {
        (State::Completed, _) => (StatusCode::CREATED, Json(order.view())).into_response(),
        (State::Cancelled, None) => (StatusCode::OK, Json(order.view())).into_response(),
        (State::Cancelled, Some(refusal)) => problem(refusal, order.id, &order.request).into_response(),
        _ => (StatusCode::ACCEPTED, Json(order.view())).into_response(),
    };
    if !response.status().is_client_error() {
        let location = HeaderValue::try_from(format!("/orders/{}", order.id)).map_err(Problem::internal)?;
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(extract::replayed(response, replayed))
}

/// Returns the error response for the client whose `request` made the refused `order`.
fn problem(refusal: &Refusal, order: OrderId, request: &OrderRequest) -> Problem {
    let code =
        Code::ALL.iter().copied().find(|code| code.as_str() == refusal.code).unwrap_or(Code::InternalError);
    // A kept refusal names SKUs. The response names the lines of the request that ask for them.
    let part = if code == Code::UnknownSku { "sku" } else { "quantity" };
    let in_line =
        |detail: &FieldError| detail.clone().in_line(request.items.iter().map(|item| &item.sku), part);
    let details = refusal.details.iter().map(in_line).collect();
    let problem = Problem::new(code, refusal.message.clone()).details(details).order_id(order);
    refusal.decline_code.iter().fold(problem, |problem, code| problem.decline_code(code.clone()))
}
