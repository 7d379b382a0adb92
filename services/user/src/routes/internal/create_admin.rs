//! `PUT /internal/admin`.

use axum::{extract::State, http::StatusCode};
use estore_base::random;
use estore_contract::{
    ErrorBody, UserId, introspection::Role, text::PersonName, user::AdminRequest, verification::Locale,
};
use estore_server::{
    auth::{Peer, peers::Bootstrap},
    extract::Json,
};
use estore_stores::pg;

use crate::{
    Error, accounts,
    app::App,
    domain::NewPassword,
    store::users::{self, NewUser},
};

/// Creates the first admin.
///
/// An existing account with the address stays as it is. An unverified registration of the address
/// is removed.
#[utoipa::path(put, path = "/internal/admin", tag = "internal", security(("peer" = ["bootstrap"])), request_body = AdminRequest, responses(
    (status = 204, description = "The account exists, created now or before"),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn create_admin(
    State(app): State<App>,
    _peer: Peer<Bootstrap>,
    Json(request): Json<AdminRequest>,
) -> Result<StatusCode, Error> {
    let before = users::by_email(&app.database, &request.email).await?;
    if before.as_ref().is_some_and(accounts::holds_address) {
        return Ok(StatusCode::NO_CONTENT);
    }
    let invalid = |field| Error::Invalid(vec![field]);
    let password = NewPassword::new(&request.password, "password").map_err(invalid)?;
    let password_hash = app.hasher.hash(password.into_inner()).await?;
    let name = PersonName::try_from("Admin".to_owned())
        .map_err(|error| invalid(estore_contract::FieldError::new("name", error)))?;
    let id = UserId(random::uuid_v7(app.clock.as_ref()));
    let admin = NewUser {
        id,
        email: &request.email,
        verified: true,
        password_hash: &password_hash,
        role: Role::Admin,
        name: &name,
        locale: Locale::En,
    };
    let now = app.clock.now();
    let mut transaction = pg::begin(&app.database).await?;
    // The address may have been registered without being verified.
    let free = accounts::vacate(&mut transaction, &request.email, now).await?;
    if !free || !users::insert(&mut transaction, admin, now).await? {
        return Err(Error::Contended);
    }
    pg::commit(transaction).await?;
    app.closed.notify_one();
    tracing::info!(user = %id, "first admin created");
    Ok(StatusCode::NO_CONTENT)
}
