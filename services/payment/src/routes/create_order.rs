//! `POST /orders`.

use axum::{extract::State, response::Response};
use estore_base::fail_point;
use estore_contract::{
    ErrorBody, FieldError, OrderId,
    payment::{Order, OrderRequest},
};
use estore_server::{
    Problem,
    auth::VerifiedCaller,
    extract::{IdempotencyKey, Json},
    limit::{Limiter, Scope},
};
use estore_telemetry::trace::TraceContext;

use crate::{
    Error,
    app::App,
    domain::Fingerprint,
    orders::{answer, in_time},
    store::orders::{self, Created, NewOrder},
};

/// Creates an order and tries to complete it. The idempotency key identifies the order. A repeat
/// with the same key and body finds the same order, even after a failure, and returns its current
/// state.
#[utoipa::path(post, path = "/orders", tag = "orders", security(("bearer" = [])), request_body = OrderRequest,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, bare or quoted")), responses(
    (status = 201, description = "Completed", body = Order),
    (status = 202, description = "In progress: read it until it is final", body = Order),
    (status = 200, description = "A repeat, and the order was cancelled by its customer or an admin", body = Order),
    (status = 400, description = "Not JSON, or a header is missing", body = ErrorBody),
    (status = 402, description = "The card was declined (`payment_declined`); with `order_id` and `decline_code`", body = ErrorBody),
    (status = 403, description = "`email_not_verified`, `account_disabled`", body = ErrorBody),
    (status = 404, description = "`payment_method_not_found`", body = ErrorBody),
    (status = 409, description = "`insufficient_stock` with the available units, `price_changed`, `order_timed_out`, `order_lost`, `order_archived`; with `order_id`", body = ErrorBody),
    (status = 422, description = "Not valid; or `unknown_sku`, `currency_mismatch`, `amount_not_chargeable` (the payment gateway does not charge such a total; `details` say why), `idempotency_key_reused`, with `order_id`", body = ErrorBody),
    (status = 429, description = "Too many orders in progress, or in a short time (`rate_limited`)", body = ErrorBody),
))]
pub(super) async fn create_order(
    State(app): State<App>,
    caller: VerifiedCaller,
    limiter: Limiter,
    key: IdempotencyKey,
    Json(request): Json<OrderRequest>,
) -> Result<Response, Problem> {
    if !(1..=100).contains(&request.items.len()) {
        return Err(Error::Invalid(vec![FieldError::new("items", "must have 1 to 100 items")]).into());
    }
    let user = caller.principal.user_id;
    let (account, card) = (user.to_string(), request.payment_method_id.to_string());
    limiter.charge(&[(Scope::Account, &account), (Scope::Card, &card)]).await?;
    let epoch = app.epoch.expected()?;
    let id = OrderId::of(user, key.as_str());
    let fingerprint = Fingerprint::of(&request).map_err(Problem::internal)?;
    let new = NewOrder {
        id,
        user,
        request: &request,
        fingerprint: &fingerprint,
        lease: app.config.lease,
        most_open: (app.config.most_open_orders, app.config.most_open_units),
        cause: TraceContext::now(),
    };
    // One round trip finds a repeat, checks the card and the caps, and creates.
    match orders::create(&app.redis, epoch, &new).await {
        Ok(Created::New(order)) => {
            app.metrics.created.inc();
            app.metrics.transitions.with_label_values(&[order.state.as_str()]).inc();
            fail_point!("payment.accepted.written");
            let now = in_time::drive(&app.flow, order).await?;
            answer::order(&now, false)
        }
        Ok(Created::Existing(order)) => answer::order(&order, true),
        Ok(Created::Reused(order)) => Err(Error::KeyReused(Some(order)).into()),
        // If the answer to the write was lost, the client still learns the order's id.
        Err(error @ Error::OutcomeUnknown(_)) => Err(Problem::from(error).order_id(id)),
        Err(error) => Err(error.into()),
    }
}
