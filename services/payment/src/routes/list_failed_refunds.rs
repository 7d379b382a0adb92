//! `GET /refunds/failed`.

use axum::extract::State;
use estore_contract::{ErrorBody, Page, payment::Refund};
use estore_server::{
    Problem,
    auth::Admin,
    cursor::{Cursor, Paging},
    extract::{Json, Query},
};

use crate::{
    app::App,
    store::refunds::{self, FailedPlace},
};

const CURSOR: Cursor<FailedPlace> = Cursor::of("failed_refunds");

/// Lists the refunds that the gateway refused for good and that nobody has seen to, newest first.
///
/// A refund leaves the list once another refund of its order is requested, or once its order is
/// archived. Refunds that failed before this version of the service are not in it.
#[utoipa::path(get, path = "/refunds/failed", tag = "orders", security(("bearer" = [])), params(Paging), responses(
    (status = 200, description = "The refunds", body = Page<Refund>),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn list_failed_refunds(
    State(app): State<App>,
    _admin: Admin,
    Query(params): Query<Paging>,
) -> Result<Json<Page<Refund>>, Problem> {
    let after = CURSOR.read(params.cursor.as_deref())?;
    app.epoch.guard().await?;
    let found = refunds::failed(&app.redis, after, params.limit.get() + 1).await?;
    let place = |(order, refund): &(_, _)| CURSOR.encode(&refunds::failed_place(*order, refund));
    let page = Page::cut(found, params.limit, place);
    Ok(Json(page.map(|(order, refund)| refund.view(order))))
}
