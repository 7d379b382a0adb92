//! `GET /me/sessions`.

use axum::extract::State;
use estore_contract::{ErrorBody, Limit, Page, SessionId, user::Session};
use estore_kit::{
    Problem,
    auth::Caller,
    cursor::{Cursor, Moment},
    extract::{Json, Query},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{Error, app::App, store::sessions};

const CURSOR: Cursor<(Moment, SessionId)> = Cursor::of("sessions");

/// Which sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// How many.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The caller's logins that go on, newest first: on which device, since when, and when last used.
#[utoipa::path(get, path = "/me/sessions", tag = "me", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Sessions", body = Page<Session>),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 422, description = "A parameter is unknown or not valid", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn list_sessions(
    State(app): State<App>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Json<Page<Session>>, Problem> {
    let after = CURSOR.read(params.cursor.as_deref())?.map(|(moment, id)| (moment.time(), id));
    let (user, current) = (caller.principal.user_id, caller.principal.session_id);
    let (idle, now, most) = (app.lifetimes.idle, app.clock.now(), params.limit.get() + 1);
    let found =
        sessions::list(&app.database, user, current, idle, now, after, most).await.map_err(Error::from)?;
    Ok(Json(Page::cut(found, params.limit, |last| CURSOR.encode(&(last.created_at.into(), last.id)))))
}
