//! `GET /payment-methods/{id}`.

use axum::extract::State;
use estore_contract::{ErrorBody, PaymentMethodId, payment::PaymentMethod};
use estore_server::{
    auth::Caller,
    extract::{Json, Path},
};

use crate::{Error, app::App, store::methods};

/// Returns one of the caller's saved cards.
#[utoipa::path(get, path = "/payment-methods/{id}", tag = "payment methods", security(("bearer" = [])), params(("id" = PaymentMethodId, Path, description = "The card")), responses(
    (status = 200, description = "The card", body = PaymentMethod),
    (status = 404, description = "No such thing, or not the caller's", body = ErrorBody),
))]
pub(super) async fn get_payment_method(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentMethodId>,
) -> Result<Json<PaymentMethod>, Error> {
    let card = methods::read(&app.redis, id).await?.filter(|card| card.user == caller.principal.user_id);
    Ok(Json(card.ok_or(Error::NotFound)?.view()))
}
