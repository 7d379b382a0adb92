//! `GET /users`.

use axum::{extract::State, response::IntoResponse};
use estore_contract::{
    Email, ErrorBody, Limit, Page, UserId,
    introspection::Role,
    user::{Profile, UserStatus},
};
use estore_server::{
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
    domain::Search,
    store::users::{self, Filter},
};

const CURSOR: Cursor<(Moment, UserId)> = Cursor::of("users");

/// The query parameters of the account list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// The account with this address.
    email: Option<Email>,
    /// Accounts with this part in their name or email address: case and accents do not matter. One
    /// or two characters must begin a word. A change is found within seconds.
    #[param(value_type = Option<String>, min_length = 1, max_length = 100)]
    q: Option<Search>,
    /// Accounts with this role.
    role: Option<Role>,
    /// Accounts with this status.
    status: Option<UserStatus>,
    /// The most accounts on a page.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists or searches the accounts, newest first.
#[utoipa::path(get, path = "/users", tag = "admin", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Accounts", body = Page<Profile>),
    (status = 422, description = "A parameter is unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn list_users(
    State(app): State<App>,
    _admin: Admin,
    Query(params): Query<Params>,
) -> Result<impl IntoResponse, Problem> {
    let after = CURSOR.read(params.cursor.as_deref())?.map(|(moment, id)| (moment.time(), id));
    let Params { email, q: search, role, status, .. } = params;
    let filter = Filter { email, search, role, status, after };
    let found = users::list(&app.replica, filter, params.limit.get() + 1).await.map_err(Error::from)?;
    let found = found.into_iter().map(|user| user.profile).collect();
    Ok(Json(Page::<Profile>::cut(found, params.limit, |last| {
        CURSOR.encode(&(last.created_at.into(), last.id))
    })))
}
