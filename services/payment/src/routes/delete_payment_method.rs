//! `DELETE /payment-methods/{id}`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, PaymentMethodId};
use estore_server::{auth::Caller, extract::Path};

use crate::{Error, app::App, store::methods};

/// Erases a saved card. An order in progress that uses it and is not authorized yet is then
/// refused.
#[utoipa::path(delete, path = "/payment-methods/{id}", tag = "payment methods", security(("bearer" = [])), params(("id" = PaymentMethodId, Path, description = "The card")), responses(
    (status = 204, description = "Erased"),
    (status = 404, description = "No such thing, or not the caller's", body = ErrorBody),
))]
pub(super) async fn delete_payment_method(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentMethodId>,
) -> Result<StatusCode, Error> {
    let erased = methods::delete(&app.redis, caller.principal.user_id, id).await?;
    if erased { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}
