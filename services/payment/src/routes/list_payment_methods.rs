//! `GET /payment-methods`.

use axum::extract::State;
use estore_contract::{ErrorBody, Page, payment::PaymentMethod};
use estore_server::{
    Problem,
    auth::Caller,
    cursor::{Cursor, Paging},
    extract::{Json, Query},
};

use crate::{app::App, domain::StoredCard, store::methods};

const CURSOR: Cursor<methods::Place> = Cursor::of("payment_methods");

/// Lists the caller's saved cards, newest first.
#[utoipa::path(get, path = "/payment-methods", tag = "payment methods", security(("bearer" = [])), params(Paging), responses(
    (status = 200, description = "Cards", body = Page<PaymentMethod>),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn list_payment_methods(
    State(app): State<App>,
    caller: Caller,
    Query(params): Query<Paging>,
) -> Result<Json<Page<PaymentMethod>>, Problem> {
    let after = CURSOR.read(params.cursor.as_deref())?;
    let user = caller.principal.user_id;
    let (found, place) = methods::list(&app.redis, user, after, params.limit.get()).await?;
    let items = found.iter().map(StoredCard::view).collect();
    Ok(Json(Page { items, next_cursor: place.map(|place| CURSOR.encode(&place)) }))
}
