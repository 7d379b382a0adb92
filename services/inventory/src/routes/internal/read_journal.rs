//! `GET /internal/reservations`.

use axum::extract::State;
use estore_contract::{ErrorBody, Limit, inventory::JournalEntry};
use estore_kit::{
    Problem,
    auth::{Peer, peers::Payment},
    extract::{Json, Query},
    redis::StreamId,
};
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::IntoParams;

use crate::{app::App, store::reservations};

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// The `cursor` of the last entry that was read; left out or `0-0`, from the beginning.
    #[param(value_type = Option<String>)]
    #[serde(default, deserialize_with = "place")]
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

/// Reads the place; `None` for `0-0`, which stands before the first entry: a restore begins there.
fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<StreamId>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == "0-0" { Ok(None) } else { text.parse().map(Some).map_err(D::Error::custom) }
}
