//! `GET /verifications`.

use axum::extract::State;
use estore_contract::{
    Email, ErrorBody, Limit, Page, VerificationId,
    verification::{Purpose, Verification, VerificationStatus},
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
    store::verifications::{self, Filter},
};

const CURSOR: Cursor<(Moment, VerificationId)> = Cursor::of("verifications");

/// The query parameters of the email list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// Emails to this address.
    email: Option<Email>,
    /// Emails with this status.
    status: Option<VerificationStatus>,
    /// Emails with this purpose.
    purpose: Option<Purpose>,
    /// The most emails on a page.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists every requested email, newest first.
#[utoipa::path(get, path = "/verifications", tag = "admin", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Mails", body = Page<Verification>),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn list_verifications(
    State(app): State<App>,
    _admin: Admin,
    Query(params): Query<Params>,
) -> Result<Json<Page<Verification>>, Problem> {
    let after = CURSOR.read(params.cursor.as_deref())?.map(|(moment, id)| (moment.time(), id));
    let filter = Filter { email: params.email, status: params.status, purpose: params.purpose, after };
    let found =
        verifications::list(&app.replica, filter, params.limit.get() + 1).await.map_err(Error::from)?;
    Ok(Json(Page::cut(found, params.limit, |last| CURSOR.encode(&(last.created_at.into(), last.id)))))
}
