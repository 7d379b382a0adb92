//! `GET /internal/reservations`.

use axum::extract::State;
use estore_contract::{ErrorBody, Limit, inventory::JournalEntry};
use estore_kit::{
    Problem,
    auth::{Peer, peers::Payment},
    extract::{Json, Query},
    redis::StreamId,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{app::App, store::reservations};

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// The `cursor` of the last entry that was read; left out, from the beginning.
    #[param(value_type = Option<String>)]
    after: Option<StreamId>,
    /// How many.
    #[serde(default)]
    limit: Limit,
}

/// The journal of everything that moved stock, oldest first.
#[utoipa::path(get, path = "/internal/reservations", tag = "reservations", security(("peer" = ["payment"])), params(Params), responses(
    (status = 200, description = "Entries", body = Vec<JournalEntry>),
    (status = 403, description = "Not allowed", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn read_journal(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Query(params): Query<Params>,
) -> Result<Json<Vec<JournalEntry>>, Problem> {
    app.epoch.guard().await?;
    Ok(Json(reservations::journal(&app.redis, params.after, params.limit.get()).await?))
}
