//! `POST /products/{sku}/stock/adjustments`.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use estore_contract::{
    ErrorBody, FieldError, Sku,
    inventory::{Adjustment, AdjustmentBody},
};
use estore_server::{
    auth::Admin,
    extract::{self, IdempotencyKey, Json, Path},
};

use crate::{Error, app::App, store::stock};

const LARGEST: i64 = 1_000_000;

/// Records units that were added or removed, once for each idempotency key.
///
/// The latest 1,000 keys of a product are kept. An older one records another adjustment.
#[utoipa::path(post, path = "/products/{sku}/stock/adjustments", tag = "stock", security(("bearer" = [])), request_body = AdjustmentBody,
    params(("sku" = Sku, Path, description = "The product"), ("Idempotency-Key" = String, Header, description = "Names this adjustment")), responses(
    (status = 201, description = "Recorded, now or before (`Idempotent-Replayed: true`)", body = Adjustment),
    (status = 400, description = "Not JSON, or a header is missing", body = ErrorBody),
    (status = 404, description = "No such thing", body = ErrorBody),
    (status = 409, description = "It would take stock below what is reserved (`insufficient_stock`)", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn adjust_stock(
    State(app): State<App>,
    _admin: Admin,
    Path(sku): Path<Sku>,
    key: IdempotencyKey,
    Json(body): Json<AdjustmentBody>,
) -> Result<Response, Error> {
    if body.delta == 0 || body.delta.abs() > LARGEST {
        return Err(Error::Invalid(vec![FieldError::new(
            "delta",
            "must be from -1000000 to 1000000, and not 0",
        )]));
    }
    app.epoch.guard().await?;
    let outcome = stock::adjust(&app.redis, &sku, body, key.as_str()).await;
    let (adjustment, replayed) = app.catalogue.watch(&sku, outcome)?;
    app.catalogue.counted(&app.redis, &sku).await;
    let response = (StatusCode::CREATED, Json(adjustment)).into_response();
    Ok(extract::replayed(response, replayed))
}
