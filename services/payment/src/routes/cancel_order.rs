//! `POST /orders/{id}/cancel`.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use estore_contract::{Code, ErrorBody, OrderRef, payment::Order};
use estore_server::{
    Problem,
    auth::Caller,
    extract::{Json, Path},
};

use crate::{
    app::App,
    domain::{State as At, protocol::Transition},
    orders::{
        access::{named, readable},
        in_time,
    },
};

/// Cancels an order whose stock is not being sold yet. An authorized payment is voided and will
/// never be captured. A repeat gets the same answer.
#[utoipa::path(post, path = "/orders/{id}/cancel", tag = "orders", security(("bearer" = [])), params(("id" = String, Path, description = "The order's id or number")), responses(
    (status = 200, description = "Cancelled, now or before", body = Order),
    (status = 202, description = "It is being cancelled, and will never be captured: read it until it is final", body = Order),
    (status = 404, description = "No such thing, or not the caller's", body = ErrorBody),
    (status = 409, description = "Its stock is being sold (`order_not_cancellable`), or it is completed (`order_final`)", body = ErrorBody),
))]
pub(super) async fn cancel_order(
    State(app): State<App>,
    caller: Caller,
    Path(order): Path<OrderRef>,
) -> Result<Response, Problem> {
    app.epoch.guard().await?;
    let id = named(&app, &caller.principal, order).await?;
    let mut order = readable(&app, &caller, id).await?;
    if order.state.can_time_out() {
        // The order keeps no name of who cancels it.
        let by = if order.user == caller.principal.user_id { "customer" } else { "admin" };
        tracing::info!(order = %id, by, "cancellation of the order requested");
    }
    // In each iteration another caller has moved the order on. The loop ends because an order has
    // few states.
    while order.state.can_time_out() {
        order = app.flow.advance(&order, &Transition::to(At::Cancelling)).await?;
    }
    match order.state {
        At::Confirming | At::Confirmed => {
            return Err(Problem::new(Code::OrderNotCancellable, "The order is being completed.").order_id(id));
        }
        At::Completed => {
            return Err(
                Problem::new(Code::OrderFinal, "The order is completed; it can be refunded.").order_id(id)
            );
        }
        At::Cancelling => order = in_time::drive(&app.flow, order).await?,
        _ => {}
    }
    let status = if order.state == At::Cancelled { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(order.view())).into_response())
}
