//! `DELETE /me/addresses/{id}`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{AddressId, ErrorBody};
use estore_server::{auth::Caller, extract::Path};

use crate::{Error, accounts::address_book, app::App};

/// Deletes an entry of the caller's address book.
///
/// If it was the default entry, the account has no `shipping_address` until another entry becomes
/// the default.
#[utoipa::path(delete, path = "/me/addresses/{id}", tag = "me", security(("bearer" = [])),
    params(("id" = AddressId, Path, description = "The entry")), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "The caller has no such entry", body = ErrorBody),
))]
pub(crate) async fn delete_address(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<AddressId>,
) -> Result<StatusCode, Error> {
    address_book::remove(&app, caller.principal.user_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
