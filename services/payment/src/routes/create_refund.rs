//! `POST /orders/{id}/refunds`.

use std::mem;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use estore_contract::{
    ErrorBody, FieldError, OrderId, OrderRef,
    payment::{Refund, RefundRequest},
};
use estore_server::{
    Problem,
    auth::Admin,
    extract::{self, IdempotencyKey, Json, Path},
};
use estore_telemetry::trace::TraceContext;

use crate::{
    Error,
    app::App,
    domain::{self, Fingerprint, State as At, refundable},
    orders::{access::named, in_time::in_time},
    store::{
        refunds::{self, NewRefund, Requested},
        restore::is_found,
    },
};

/// Refunds a completed order, whole or by line. The money goes back to the card, and the units are
/// restocked if `restock` is true. The total never exceeds what was paid. The service retries by
/// itself if a part of the shop does not answer.
#[utoipa::path(post, path = "/orders/{id}/refunds", tag = "orders", security(("bearer" = [])), request_body = RefundRequest,
    params(("id" = String, Path, description = "The order's id or number"), ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, bare or quoted")), responses(
    (status = 201, description = "The refund, as it is now; made now or before (`Idempotent-Replayed: true`)", body = Refund),
    (status = 400, description = "Not JSON, or a header is missing", body = ErrorBody),
    (status = 404, description = "No such order", body = ErrorBody),
    (status = 409, description = "The order is not completed, its refunds differ from the gateway's, or some were restored that `refunds_seen` does not cover (`order_not_refundable`)", body = ErrorBody),
    (status = 422, description = "Not valid, more than is left to refund, or `idempotency_key_reused`", body = ErrorBody),
))]
pub(super) async fn create_refund(
    State(app): State<App>,
    admin: Admin,
    Path(order): Path<OrderRef>,
    key: IdempotencyKey,
    Json(request): Json<RefundRequest>,
) -> Result<Response, Problem> {
    if request.items.as_ref().is_some_and(|items| !(1..=100).contains(&items.len())) {
        return Err(Error::Invalid(vec![FieldError::new("items", "must have 1 to 100 items")]).into());
    }
    app.epoch.guard().await?;
    let id = named(&app, &admin.principal, order).await?;
    let fingerprint = Fingerprint::of(&request).map_err(Problem::internal)?;
    let (refund, replayed) = match book(&app, id, &key, &fingerprint, &request).await? {
        Booked::New(both) => {
            let (order, refund) = *both;
            let (flow, booked) = (app.flow.clone(), refund.clone());
            let driven = in_time(async move { flow.drive_refund(&order, refund).await }).await?;
            (driven.unwrap_or(booked), false)
        }
        Booked::Before(refund) => (*refund, true),
    };
    let response = (StatusCode::CREATED, Json(refund.view(id))).into_response();
    Ok(extract::replayed(response, replayed))
}

enum Booked {
    New(Box<(domain::Order, domain::Refund)>),
    Before(Box<domain::Refund>),
}

/// Adds up the amount that is left to refund, and books the refund if no other request changed that
/// meanwhile. Otherwise tries again. Before that, writes refunds that the gateway made and that a
/// restore lost, so that this refund takes neither their number nor their money. This request may
/// repeat one of them, whose key is lost. So the client must say that it has seen them.
async fn book(
    app: &App,
    id: OrderId,
    key: &IdempotencyKey,
    fingerprint: &Fingerprint,
    request: &RefundRequest,
) -> Result<Booked, Error> {
    let mut compared = false;
    loop {
        let (order, before) = refunds::list(&app.redis, id).await?;
        if let Some(made) = before.iter().find(|refund| refund.key == key.as_str()) {
            let same = made.fingerprint == *fingerprint;
            return if same {
                Ok(Booked::Before(Box::new(made.clone())))
            } else {
                Err(Error::KeyReused(Some(id)))
            };
        }
        if order.state != At::Completed {
            return Err(Error::NotRefundable);
        }
        if !mem::replace(&mut compared, true) && app.flow.find_refunds_first(&order).await? {
            continue;
        }
        if before.iter().any(|made| is_found(made) && Some(made.n) > request.refunds_seen) {
            return Err(Error::RefundsFound);
        }
        let (lines, amount) = refundable(&order, &before, request).map_err(Error::Invalid)?;
        if let Some(rule) = app.flow.gateway.rule() {
            (rule.refund)(amount).map_err(|why| Error::Invalid(vec![FieldError::new("items", why)]))?;
        }
        let new = NewRefund {
            order: &order,
            key: key.as_str(),
            fingerprint,
            lines: &lines,
            amount,
            restock: request.restock,
            reason: request.reason.as_ref().map(estore_contract::text::ShortText::as_str),
            lease: app.config.lease,
            cause: TraceContext::now(),
        };
        match refunds::request(&app.redis, &new).await? {
            Requested::New(both) => return Ok(Booked::New(both)),
            Requested::Existing(refund) => return Ok(Booked::Before(refund)),
            Requested::Changed => {}
        }
    }
}
