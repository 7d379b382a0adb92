//! `GET /payment-methods/{id}`.

use axum::extract::State;
use estore_contract::{ErrorBody, PaymentMethodId, payment::PaymentMethod};
use estore_kit::{
    auth::Caller,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::methods};

/// One saved card of the caller's.
#[utoipa::path(get, path = "/payment-methods/{id}", tag = "payment methods", security(("bearer" = [])), params(("id" = PaymentMethodId, Path, description = "The card")), responses(
    (status = 200, description = "The card", body = PaymentMethod),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 404, description = "No such thing, or not the caller's", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: repeat with the same key", body = ErrorBody),
))]
pub(super) async fn get_payment_method(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentMethodId>,
) -> Result<Json<PaymentMethod>, Error> {
    let card = methods::read(&app.redis, id).await?.filter(|card| card.user == caller.principal.user_id);
    Ok(Json(card.ok_or(Error::NotFound)?.view()))
}
