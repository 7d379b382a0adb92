//! `PUT /internal/faults`.

use std::time::Duration;

use axum::{extract::State, http::StatusCode};
use estore_contract::{ErrorBody, demo::FaultSwitch};
use estore_server::{
    Problem,
    auth::{Peer, peers::Chaos},
    extract::Json,
};

use crate::{app::App, store::faults};

/// The longest time for which a fault lasts.
const LONGEST: u32 = 300;

/// Switches a fault of a demo on for some seconds, or off. Each replica acts on it within half a
/// second. The route exists only with `FAULTS=true`.
#[utoipa::path(put, path = "/internal/faults", tag = "internal", security(("peer" = ["chaos"])), request_body = FaultSwitch, responses(
    (status = 204, description = "Switched"),
    (status = 404, description = "Faults are not enabled (`FAULTS`)", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn put_fault(
    State(app): State<App>,
    _peer: Peer<Chaos>,
    Json(switch): Json<FaultSwitch>,
) -> Result<StatusCode, Problem> {
    if !app.config.has_faults() {
        return Err(Problem::not_found());
    }
    if switch.seconds > LONGEST {
        return Err(Problem::field("seconds", format!("must be at most {LONGEST}")));
    }
    faults::switch(&app.redis, switch.kind, Duration::from_secs(switch.seconds.into())).await?;
    tracing::warn!(fault = switch.kind.as_str(), seconds = switch.seconds, "fault on demand requested");
    Ok(StatusCode::NO_CONTENT)
}
