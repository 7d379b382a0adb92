//! `GET /internal/reservations`.

use axum::extract::State;
use estore_contract::{ErrorBody, Limit, inventory::JournalEntry};
use estore_server::{
    Problem,
    auth::{Peer, peers::Payment},
    extract::{Json, Query},
};
use estore_stores::redis::StreamId;
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::IntoParams;

use crate::{app::App, store::reservations};

/// The query parameters of the journal.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// The `cursor` of the last entry that was read. If omitted or `0-0`, the journal is read from
    /// its beginning.
    #[param(value_type = Option<String>)]
    #[serde(default, deserialize_with = "place")]
    after: Option<StreamId>,
    /// The most entries to return.
    #[serde(default)]
    limit: Limit,
}

/// Lists the journal of all stock movements, oldest first.
#[utoipa::path(get, path = "/internal/reservations", tag = "reservations", security(("peer" = ["payment"])), params(Params), responses(
    (status = 200, description = "Entries", body = Vec<JournalEntry>),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn read_journal(
    State(app): State<App>,
    _peer: Peer<Payment>,
    Query(params): Query<Params>,
) -> Result<Json<Vec<JournalEntry>>, Problem> {
    app.epoch.guard().await?;
    Ok(Json(reservations::journal(&app.redis, params.after, params.limit.get()).await?))
}

/// Parses the cursor. Returns `None` for `0-0`, the position before the first entry, at which a
/// restore begins.
fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<StreamId>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == "0-0" { Ok(None) } else { text.parse().map(Some).map_err(D::Error::custom) }
}
