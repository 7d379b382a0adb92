//! `GET /me/addresses`.

use axum::extract::State;
use estore_contract::user::AddressList;
use estore_server::{auth::Caller, extract::Json};

use crate::{Error, app::App, store::addresses};

/// Lists the caller's address book: the default entry first, then the newest.
#[utoipa::path(get, path = "/me/addresses", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "The entries, 20 at most", body = AddressList),
))]
pub(crate) async fn list_addresses(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<AddressList>, Error> {
    let items = addresses::list(&app.database, caller.principal.user_id).await?;
    Ok(Json(AddressList { items }))
}
