//! `GET /internal/reservations`.

use axum::extract::State;
use estore_contract::{ErrorBody, Limit, inventory::JournalEntry};
use estore_kit::{
    Problem,
    auth::{Peer, peers::Payment},
    extract::{Json, Query},
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
    after: Option<String>,
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
    let is_id = |text: &str| {
        text.split_once('-').is_some_and(|(ms, n)| [ms, n].iter().all(|part| part.parse::<u64>().is_ok()))
    };
    if params.after.as_deref().is_some_and(|after| !is_id(after)) {
        return Err(Problem::field("after", "is not a cursor of the journal"));
    }
    app.epoch.guard().await?;
    Ok(Json(reservations::journal(&app.redis, params.after.as_deref(), params.limit.get()).await?))
}
