//! Load on demand.

use axum::http::Method;
use estore_base::config::{ConfigError, Env};
use estore_contract::demo::{LoadRequest, LoadState};
use estore_telemetry::Platform;

use super::{Tool, ToolError};
use crate::config::SHOPPER_URL;

/// The client of the component that causes load.
pub(crate) struct Shopper(Tool);

impl Shopper {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, ConfigError> {
        Tool::new(env, platform, "shopper", &SHOPPER_URL).map(Self)
    }

    pub(crate) async fn state(&self) -> Result<LoadState, ToolError> {
        self.0.get("/load").await
    }

    pub(crate) async fn set(&self, load: &LoadRequest) -> Result<LoadState, ToolError> {
        self.0.send(Method::PUT, "/load", load).await
    }
}
