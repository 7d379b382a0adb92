//! `GET /me`.

use estore_contract::{ErrorBody, user::Profile};
use estore_kit::extract::Json;

use super::me::Me;

/// The caller's own account.
#[utoipa::path(get, path = "/me", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "The account", body = Profile),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn get_me(Me(user): Me) -> Json<Profile> {
    Json(user.profile)
}
