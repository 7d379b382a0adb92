//! `POST /me/addresses`.

use axum::{extract::State, http::StatusCode};
use estore_contract::{
    ErrorBody,
    user::{AddressBody, SavedAddress},
};
use estore_server::{auth::Caller, extract::Json};

use crate::{
    Error,
    accounts::address_book::{self, Added},
    app::App,
};

/// Adds an entry to the caller's address book.
///
/// The entry becomes the default if `is_default` is true, or if it is omitted and no entry is the
/// default. The default entry and `shipping_address` of the account are one: reading either agrees.
/// A repeat of the same request adds nothing.
#[utoipa::path(post, path = "/me/addresses", tag = "me", security(("bearer" = [])), request_body = AddressBody, responses(
    (status = 200, description = "The book had the same entry before", body = SavedAddress),
    (status = 201, description = "Added", body = SavedAddress),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 409, description = "The book has 20 entries (`too_many_addresses`)", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn add_address(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<AddressBody>,
) -> Result<(StatusCode, Json<SavedAddress>), Error> {
    Ok(match address_book::add(&app, caller.principal.user_id, &body).await? {
        Added::New(entry) => (StatusCode::CREATED, Json(entry)),
        Added::Known(entry) => (StatusCode::OK, Json(entry)),
    })
}
