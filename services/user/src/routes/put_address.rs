//! `PUT /me/addresses/{id}`.

use axum::extract::State;
use estore_contract::{
    AddressId, ErrorBody,
    user::{AddressBody, SavedAddress},
};
use estore_server::{
    auth::Caller,
    extract::{Json, Path},
};

use crate::{Error, accounts::address_book, app::App};

/// Replaces an entry of the caller's address book.
///
/// If it is the default entry, `shipping_address` of the account changes with it. `is_default`
/// makes it the default, or an ordinary entry. Omitted, it leaves that as it is.
#[utoipa::path(put, path = "/me/addresses/{id}", tag = "me", security(("bearer" = [])),
    params(("id" = AddressId, Path, description = "The entry")), request_body = AddressBody, responses(
    (status = 200, description = "The entry as it is now", body = SavedAddress),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 404, description = "The caller has no such entry", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn put_address(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<AddressId>,
    Json(body): Json<AddressBody>,
) -> Result<Json<SavedAddress>, Error> {
    address_book::replace(&app, caller.principal.user_id, id, &body).await.map(Json)
}
