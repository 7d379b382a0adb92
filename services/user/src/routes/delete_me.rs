//! `DELETE /me`.

use axum::{extract::State, http::StatusCode};
use estore_base::fail_point;
use estore_contract::{ErrorBody, introspection::Role, user::CloseAccountRequest};
use estore_server::{auth::Caller, extract::Json};
use estore_stores::pg;

use crate::{Error, accounts, app::App, passwords::confirmation, store::erasures::Holders};

/// Closes the account permanently.
///
/// Its sessions end. Its personal data is erased here at once, and in the other services as soon as
/// they answer. Orders that are not being confirmed yet are cancelled, and the others finish. The
/// ledger is kept.
#[utoipa::path(delete, path = "/me", tag = "me", security(("bearer" = [])), request_body = CloseAccountRequest, responses(
    (status = 204, description = "Closed"),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 403, description = "The password is wrong (`wrong_password`)", body = ErrorBody),
    (status = 409, description = "An admin cannot close their own account (`last_admin`)", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn delete_me(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<CloseAccountRequest>,
) -> Result<StatusCode, Error> {
    let id = caller.principal.user_id;
    let before = confirmation::confirmed(&app, id, request.password).await?;
    let now = app.clock.now();
    let mut transaction = pg::begin(&app.database).await?;
    let user = confirmation::lock(&app, &mut transaction, &caller.principal, &before).await?;
    if user.profile.role == Role::Admin {
        return Err(Error::LastAdmin);
    }
    accounts::remove(&mut transaction, id, Holders::All, now).await?;
    fail_point!("user.closed.before");
    pg::commit(transaction).await?;
    fail_point!("user.closed.written");
    app.closed.notify_one();
    tracing::info!(user = %id, "account closed; erasing its data");
    Ok(StatusCode::NO_CONTENT)
}
