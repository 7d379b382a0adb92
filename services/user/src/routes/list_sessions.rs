//! `GET /me/sessions`.

use axum::extract::State;
use estore_contract::{ErrorBody, Page, SessionId, user::Session};
use estore_server::{
    Problem,
    auth::Caller,
    cursor::{Cursor, Moment, Paging},
    extract::{Json, Query},
};

use crate::{Error, app::App, store::sessions};

const CURSOR: Cursor<(Moment, SessionId)> = Cursor::of("sessions");

/// Lists the caller's active sessions, newest first, with device, start and last use.
#[utoipa::path(get, path = "/me/sessions", tag = "me", security(("bearer" = [])), params(Paging), responses(
    (status = 200, description = "Sessions", body = Page<Session>),
    (status = 422, description = "A parameter is unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn list_sessions(
    State(app): State<App>,
    caller: Caller,
    Query(params): Query<Paging>,
) -> Result<Json<Page<Session>>, Problem> {
    let after = CURSOR.read(params.cursor.as_deref())?.map(|(moment, id)| (moment.time(), id));
    let (user, current) = (caller.principal.user_id, caller.principal.session_id);
    let (idle, now, most) = (app.lifetimes.idle, app.clock.now(), params.limit.get() + 1);
    let found =
        sessions::list(&app.database, user, current, idle, now, after, most).await.map_err(Error::from)?;
    Ok(Json(Page::cut(found, params.limit, |last| CURSOR.encode(&(last.created_at.into(), last.id)))))
}
