//! `GET /users`.

use axum::{extract::State, response::IntoResponse};
use estore_contract::{
    Email, ErrorBody, Limit, Page, UserId,
    introspection::Role,
    user::{Profile, UserStatus},
};
use estore_kit::{
    Problem,
    auth::Admin,
    cursor::{Cursor, Moment},
    extract::{Json, Query},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    Error,
    app::App,
    store::users::{self, Filter},
};

const CURSOR: Cursor<(Moment, UserId)> = Cursor::of("users");

/// Which accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// The account with this address.
    email: Option<Email>,
    /// Accounts with this role.
    role: Option<Role>,
    /// Accounts with this status.
    status: Option<UserStatus>,
    /// How many.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Every account, newest first.
#[utoipa::path(get, path = "/users", tag = "admin", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Accounts", body = Page<Profile>),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "Not an admin", body = ErrorBody),
    (status = 422, description = "A parameter is unknown or not valid", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn list_users(
    State(app): State<App>,
    _admin: Admin,
    Query(params): Query<Params>,
) -> Result<impl IntoResponse, Problem> {
    let after = CURSOR.read(params.cursor.as_deref())?.map(|(moment, id)| (moment.time(), id));
    let filter = Filter { email: params.email, role: params.role, status: params.status, after };
    let found = users::list(&app.replica, filter, params.limit.get() + 1).await.map_err(Error::from)?;
    let found = found.into_iter().map(|user| user.profile).collect();
    Ok(Json(Page::<Profile>::cut(found, params.limit, |last| {
        CURSOR.encode(&(last.created_at.into(), last.id))
    })))
}
