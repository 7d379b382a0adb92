//! `GET /checkout`: address, card, summary, and one button.

use axum::{extract::State, response::Response};
use estore_contract::payment::{Order, OrderItem};

use crate::{
    Error,
    api::ApiError,
    app::App,
    checkout::{Attempt, Refusal, settle},
    pages::{
        self,
        checkout::{Form, Why},
    },
    session::Flash,
    web::Shopper,
};

pub(super) async fn show(State(app): State<App>, shopper: Shopper) -> Result<Response, Error> {
    let basket = shopper.basket();
    let attempt = Attempt::open(&shopper.jar);
    let before = match attempt {
        Some(attempt) if !attempt.is_placed || basket.lines.is_empty() => order_of(&shopper, attempt).await?,
        _ => None,
    };
    let refusal = before.as_ref().and_then(Refusal::of_order);
    // The visitor went back from the order, or its answer was lost.
    if let (Some(attempt), Some(order), None) = (attempt, &before, &refusal) {
        return Ok(lead_to(&shopper, attempt, order));
    }
    if basket.lines.is_empty() {
        return Ok(pages::go_to("/basket"));
    }
    // A key that made an order makes no other.
    let attempt = match attempt {
        Some(attempt) if !attempt.is_placed && before.is_none() => attempt,
        Some(attempt) if !attempt.is_placed => Attempt::after(attempt.key, &shopper.jar),
        _ => Attempt::begin(&shopper.jar, app.clock.as_ref()),
    };
    let line = |line: &crate::session::Line| OrderItem { sku: line.sku.clone(), quantity: line.quantity };
    let mut form = Form::new(attempt, basket.lines.iter().map(line).collect());
    if let Some(refusal) = refusal {
        form.why = Why::Refused(refusal);
    }
    pages::checkout::show(&shopper, form).await
}

/// Returns the order that the key of an attempt made, or `None` if there is none or nobody answers.
async fn order_of(shopper: &Shopper, attempt: Attempt) -> Result<Option<Order>, Error> {
    match shopper.payment().find_order(attempt.key.order_of(shopper.user_id()?)).await {
        Ok(found) => Ok(found),
        Err(ApiError::Away(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Leads to the order of an attempt, and takes it out of the basket if its answer was lost.
fn lead_to(shopper: &Shopper, attempt: Attempt, order: &Order) -> Response {
    let _left = settle(shopper, attempt, order);
    Flash::OrderFound.keep(&shopper.jar);
    pages::go_to(&format!("/orders/{}", order.number))
}
