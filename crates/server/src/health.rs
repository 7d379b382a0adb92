//! The answer to a health check.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// The state of the service, with the reason if it cannot serve.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"status": "ready", "checks": {"redis": "ok"}}))]
pub(crate) struct Health {
    /// The overall state.
    pub(crate) status: Standing,
    /// The state of each dependency: `ok`, or the problem.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) checks: BTreeMap<&'static str, String>,
}

/// The overall state of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// The process is alive.
    Ok,
    /// The service can serve.
    Ready,
    /// The service cannot serve.
    Unready,
}
