//! `GET /me`.

use estore_contract::user::Profile;
use estore_server::extract::Json;

use crate::accounts::me::Me;

/// Returns the caller's own account.
#[utoipa::path(get, path = "/me", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "The account", body = Profile),
))]
pub(crate) async fn get_me(Me(user): Me) -> Json<Profile> {
    Json(user.profile)
}
