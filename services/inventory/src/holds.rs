//! Holds and sells stock for orders, for the single routes and for batches alike.

use estore_contract::{
    FieldError, OrderId,
    reservation::{Reservation, ReserveRequest},
};

use crate::{Error, app::App, domain::Lines, store::reservations};

/// Holds stock for an order. A repeat gets the same answer.
pub(crate) async fn reserve(app: &App, request: &ReserveRequest) -> Result<Reservation, Error> {
    let lines = Lines::sum(&request.items)
        .ok_or_else(|| Error::Invalid(vec![FieldError::new("items", "must have 1 to 100 items")]))?;
    let epoch = app.epoch.expected()?;
    let outcome = reservations::reserve(&app.redis, epoch, request.order_id, &lines, app.hold).await;
    let label = match &outcome {
        Ok(_) => "held",
        Err(Error::InsufficientStock(..)) => "insufficient_stock",
        Err(_) => "refused",
    };
    app.catalogue.touch(lines.iter().map(|(sku, _)| sku));
    app.metrics.asked("reserve", label);
    outcome
}

/// Sells the held stock. A repeat gets the same answer.
pub(crate) async fn confirm(app: &App, order: OrderId) -> Result<Reservation, Error> {
    let outcome = reservations::confirm(&app.redis, app.epoch.expected()?, order).await;
    app.metrics.asked("confirm", if outcome.is_ok() { "confirmed" } else { "refused" });
    outcome
}
