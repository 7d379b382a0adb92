//! `PATCH /me`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    user::{Profile, ProfilePatch},
};
use estore_server::{auth::Caller, extract::Json};
use estore_stores::pg;

use crate::{Error, accounts::address_book, app::App, store::users};

/// Changes the caller's own account.
///
/// Omitted fields stay as they are, within the address as well. `null` clears a field. The address
/// is that of the default entry of the address book: a change changes that entry or adds one, and
/// `null` removes it.
#[utoipa::path(patch, path = "/me", tag = "me", security(("bearer" = [])), request_body(content((ProfilePatch = "application/json"), (ProfilePatch = "application/merge-patch+json"))), responses(
    (status = 200, description = "The account as it is now", body = Profile),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 409, description = "The address book has 20 entries and no default (`too_many_addresses`)", body = ErrorBody),
    (status = 422, description = "A field is unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn patch_me(
    State(app): State<App>,
    caller: Caller,
    Json(patch): Json<ProfilePatch>,
) -> Result<Json<Profile>, Error> {
    let (id, now) = (caller.principal.user_id, app.clock.now());
    let mut transaction = pg::begin(&app.database).await?;
    let kept = users::lock(&mut transaction, id).await?.ok_or(Error::NotFound)?.profile.shipping_address;
    let change = patch.shipping_address.clone().flatten();
    let address = change.map(|change| change.onto(kept)).transpose().map_err(Error::Invalid)?;
    if address.is_some() {
        address_book::has_room(&mut transaction, id).await?;
    }
    // A trigger carries the address to the default entry.
    let user = users::patch_profile(&mut *transaction, id, &patch, address.as_ref(), now).await?;
    pg::commit(transaction).await?;
    Ok(Json(user.ok_or(Error::NotFound)?.profile))
}
