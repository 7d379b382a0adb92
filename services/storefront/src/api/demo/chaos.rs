//! Faults on demand.

use std::time::Duration;

use axum::http::Method;
use estore_base::config::{ConfigError, Env};
use estore_contract::demo::{FaultEvent, FaultRequest, FaultState, Timetable};
use estore_telemetry::Platform;

use super::{LIMIT, Tool, ToolError};
use crate::config::CHAOS_URL;

/// The time limit for the end of all faults, which get 20 s for it. A page here has 30 s.
const ENDING: Duration = Duration::from_secs(22);

/// The client of the component that causes faults.
pub(crate) struct Chaos(Tool);

impl Chaos {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, ConfigError> {
        Tool::new(env, platform, "chaos", &CHAOS_URL).map(Self)
    }

    pub(crate) async fn state(&self) -> Result<FaultState, ToolError> {
        self.0.get("/faults").await
    }

    pub(crate) async fn cause(&self, fault: &FaultRequest) -> Result<FaultEvent, ToolError> {
        self.0.send(Method::POST, "/faults", fault).await
    }

    /// Ends every fault, and the timetable.
    pub(crate) async fn end_all(&self) -> Result<(), ToolError> {
        self.0.delete("/faults", ENDING).await
    }

    pub(crate) async fn follow(&self, timetable: &Timetable) -> Result<Timetable, ToolError> {
        self.0.send(Method::PUT, "/timetable", timetable).await
    }

    pub(crate) async fn end_timetable(&self) -> Result<(), ToolError> {
        self.0.delete("/timetable", LIMIT).await
    }
}
