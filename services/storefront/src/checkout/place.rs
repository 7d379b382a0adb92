//! Placing an order, although answers may be lost.

use std::time::Duration;

use estore_contract::{
    OrderId,
    payment::{Order, OrderRequest},
};
use tokio::time::{Instant, sleep, timeout_at};

use super::{Key, Refusal};
use crate::api::{ApiError, NewOrder, Payment};

/// The pauses before each repeat of a request without a known outcome.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(1)];

/// The outcome of a request for an order.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The shop has the order. `is_repeat` if an earlier request made it, and `is_own` if that may
    /// be one that the storefront sent for the same press of the button.
    Placed { order: Box<Order>, is_repeat: bool, is_own: bool },
    /// The shop refused it, or an earlier request made an order that was cancelled. If there is an
    /// order, the form needs a new key.
    Refused(Refusal),
    /// Nobody answered. A repeat with the same key finds the order, or places it.
    Unknown,
}

/// Places the order of `key`, whose id is `id`. Repeats the request with the same key while its
/// outcome is unknown, until `deadline`. Then looks for the order.
pub(crate) async fn place(
    payment: &Payment<'_>,
    key: Key,
    id: OrderId,
    request: &OrderRequest,
    deadline: Instant,
) -> Result<Outcome, ApiError> {
    // A request that the deadline cuts short may have made the order, too.
    if let Ok(outcome) = timeout_at(deadline, ask(payment, &key.to_string(), request)).await
        && let Some(outcome) = outcome?
    {
        return Ok(outcome);
    }
    Ok(match find(payment, id).await? {
        Outcome::Placed { order, is_repeat, .. } => Outcome::Placed { order, is_repeat, is_own: true },
        other => other,
    })
}

/// Looks for the order `id`, which an earlier request may have made.
pub(crate) async fn find(payment: &Payment<'_>, id: OrderId) -> Result<Outcome, ApiError> {
    match payment.find_order(id).await {
        Ok(Some(order)) => Ok(outcome(order, true, false)),
        // The visitor logs in, and comes back to the same key.
        Err(error) if error.is(401) => Err(error),
        // An answer such as 429 says nothing about the request for the order.
        Ok(None) | Err(_) => Ok(Outcome::Unknown),
    }
}

/// Sends the request of a key, and repeats it while its outcome is unknown. Returns `None` if the
/// outcome stays unknown.
async fn ask(payment: &Payment<'_>, key: &str, request: &OrderRequest) -> Result<Option<Outcome>, ApiError> {
    let (mut pauses, mut is_own) = (PAUSES.into_iter(), false);
    loop {
        match payment.order(key, request).await {
            Ok(NewOrder { order, is_repeat }) => {
                return Ok(Some(outcome(order, is_repeat, is_own)));
            }
            Err(error) if error.is_unknown() => match pauses.next() {
                Some(pause) => {
                    sleep(pause).await;
                    is_own = true;
                }
                None => return Ok(None),
            },
            // The session has ended: the visitor logs in, and comes back to the same key.
            Err(error) if error.is(401) => return Err(error),
            Err(ApiError::Answered(body)) => return Ok(Some(Outcome::Refused(Refusal::of(&body)))),
            Err(error @ ApiError::Away(_)) => return Err(error),
        }
    }
}

/// Returns the outcome of a request whose order is known. A cancelled order is none.
fn outcome(order: Order, is_repeat: bool, is_own: bool) -> Outcome {
    match Refusal::of_order(&order) {
        Some(refusal) => Outcome::Refused(refusal),
        None => Outcome::Placed { order: Box::new(order), is_repeat, is_own },
    }
}
