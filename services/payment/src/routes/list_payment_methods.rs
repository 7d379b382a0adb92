//! `GET /payment-methods`.

use axum::extract::State;
use estore_contract::{ErrorBody, Limit, Page, payment::PaymentMethod};
use estore_kit::{
    Problem,
    auth::Caller,
    cursor::Cursor,
    extract::{Json, Query},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{app::App, domain::StoredCard, store::methods};

const CURSOR: Cursor<methods::Place> = Cursor::of("payment_methods");

/// Which cards.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// How many.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The caller's saved cards, newest first.
#[utoipa::path(get, path = "/payment-methods", tag = "payment methods", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Cards", body = Page<PaymentMethod>),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: repeat with the same key", body = ErrorBody),
))]
pub(super) async fn list_payment_methods(
    State(app): State<App>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Json<Page<PaymentMethod>>, Problem> {
    let after = CURSOR.read(params.cursor.as_deref())?;
    let user = caller.principal.user_id;
    let (found, place) = methods::list(&app.redis, user, after, params.limit.get()).await?;
    let items = found.iter().map(StoredCard::view).collect();
    Ok(Json(Page { items, next_cursor: place.map(|place| CURSOR.encode(&place)) }))
}
