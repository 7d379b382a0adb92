//! `GET /verifications`.

use axum::extract::State;
use estore_contract::{
    Email, ErrorBody, Limit, Page, VerificationId,
    verification::{Purpose, Verification, VerificationStatus},
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
    store::verifications::{self, Filter},
};

const CURSOR: Cursor<(Moment, VerificationId)> = Cursor::of("verifications");

/// Which mails.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// Mails to this address.
    email: Option<Email>,
    /// Mails that stand so.
    status: Option<VerificationStatus>,
    /// Mails for this.
    purpose: Option<Purpose>,
    /// How many.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Every mail that was asked for, newest first.
#[utoipa::path(get, path = "/verifications", tag = "admin", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Mails", body = Page<Verification>),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 403, description = "Not an admin", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
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
