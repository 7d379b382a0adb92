//! `POST /orders`.

use axum::{extract::State, response::Response};
use estore_contract::{
    ErrorBody, FieldError, OrderId,
    payment::{Order, OrderRequest},
};
use estore_kit::{
    Problem,
    auth::VerifiedCaller,
    carry,
    extract::{IdempotencyKey, Json},
    fail_point,
    limit::{Limiter, Scope},
    trace::Cause,
};
use tokio::spawn;

use super::answer;
use crate::{
    Error,
    app::App,
    domain::Fingerprint,
    store::orders::{self, Created, NewOrder},
};

/// Buys. The key names the order: whatever happens on the way, a repeat with the same key and body finds the same order and
/// answers with it as it is then.
#[utoipa::path(post, path = "/orders", tag = "orders", security(("bearer" = [])), request_body = OrderRequest,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, bare or quoted")), responses(
    (status = 201, description = "Completed", body = Order),
    (status = 202, description = "On its way: read it until it is final", body = Order),
    (status = 200, description = "A repeat, and the order was cancelled by its client", body = Order),
    (status = 400, description = "Not JSON, or a header is missing", body = ErrorBody),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 402, description = "The card was declined (`payment_declined`); with `order_id` and `decline_code`", body = ErrorBody),
    (status = 403, description = "`email_not_verified`, `account_disabled`", body = ErrorBody),
    (status = 404, description = "`payment_method_not_found`", body = ErrorBody),
    (status = 409, description = "`insufficient_stock` with what is left, `price_changed`, `order_timed_out`, `order_lost`, `order_archived`; with `order_id`", body = ErrorBody),
    (status = 413, description = "Too large", body = ErrorBody),
    (status = 415, description = "Not `application/json`", body = ErrorBody),
    (status = 422, description = "Not valid; or `unknown_sku`, `currency_mismatch`, `amount_not_chargeable` (the payment gateway charges no such total; `details` say why), `idempotency_key_reused`, with `order_id`", body = ErrorBody),
    (status = 429, description = "Too many orders under way, or in a short time (`rate_limited`)", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: repeat with the same key", body = ErrorBody),
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
        cause: Cause::now(),
    };
    // One round trip finds a repeat, checks the card and the caps, and creates.
    match orders::create(&app.redis, epoch, &new).await {
        // A task of its own goes on where the client hangs up; where this process dies, the worker of any replica does.
        Ok(Created::New(order)) => {
            app.metrics.created.inc();
            app.metrics.transitions.with_label_values(&[order.state.as_str()]).inc();
            fail_point!("payment.accepted.written");
            let flow = app.flow.clone();
            let driven =
                spawn(carry(async move { flow.drive(order).await })).await.map_err(Problem::internal)?;
            answer::order(&driven, false)
        }
        Ok(Created::Existing(order)) => answer::order(&order, true),
        Ok(Created::Reused(order)) => Err(Error::KeyReused(Some(order)).into()),
        // Where the answer to the write was lost, the client learns which order to look for.
        Err(error @ Error::Write(_)) => Err(Problem::from(error).order_id(id)),
        Err(error) => Err(error.into()),
    }
}
