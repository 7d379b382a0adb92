//! `POST /internal/quotes`.

use axum::extract::State;
use estore_contract::{
    ErrorBody, FieldError,
    reservation::{Quote, QuoteRequest},
};
use estore_server::{
    auth::{Peer, peers::Payment},
    extract::Json,
};

use crate::{Error, app::App, domain::Lines, store::quotes};

/// Returns the current prices of lines.
///
/// The Payment Service uses them to reject amounts that no gateway charges before stock is held.
#[utoipa::path(post, path = "/internal/quotes", tag = "reservations", security(("peer" = ["payment"])), request_body = QuoteRequest, responses(
    (status = 200, description = "The lines with their prices", body = Quote),
    (status = 404, description = "Not for sale (`unknown_sku`)", body = ErrorBody),
    (status = 422, description = "Not valid", body = ErrorBody),
))]
pub(super) async fn quote(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Json(request): Json<QuoteRequest>,
) -> Result<Json<Quote>, Error> {
    let lines = Lines::sum(&request.items)
        .ok_or_else(|| Error::Invalid(vec![FieldError::new("items", "must have 1 to 100 items")]))?;
    app.epoch.guard().await?;
    quotes::read(&app.redis, &lines).await.map(|items| Json(Quote { items }))
}
