//! Questions to the services that need no account: whether a service is ready, and which orders
//! changed last.

use std::collections::BTreeMap;

use axum::http::{Request, StatusCode, Uri};
use bytes::Bytes;
use estore_contract::activity::OrderActivity;
use serde::Deserialize;

use super::{LIMIT, ToolError};
use crate::api::{Service, Services};

/// The state of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ready {
    Up,
    /// It runs, and these of its checks fail.
    Failing(Vec<String>),
    Away,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Checks {
    checks: BTreeMap<String, String>,
}

/// Asks a service whether it is ready.
pub(crate) async fn ready(services: &Services, service: Service) -> Ready {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = Uri::from_static("/ready");
    match services.client(service).call(request, LIMIT).await {
        Ok(answer) if answer.status().is_success() => Ready::Up,
        Ok(answer) => {
            let Checks { checks } = serde_json::from_slice(answer.body()).unwrap_or_default();
            let failing = checks.into_iter().filter(|(_, said)| said != "ok");
            Ready::Failing(failing.map(|(name, said)| format!("{name}: {said}")).collect())
        }
        // The table shows it, and each look would log it again.
        Err(_silent) => Ready::Away,
    }
}

/// Lists the orders that changed last. They are missing if the Payment Service does not show them.
pub(crate) async fn activity(services: &Services) -> Result<Vec<OrderActivity>, ToolError> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = Uri::from_static("/activity");
    let away = |reason: &dyn std::fmt::Display| {
        tracing::debug!(%reason, "latest orders were not read; the engine room says so");
        ToolError::Away
    };
    let answer = services.client(Service::Payment).call(request, LIMIT).await;
    let answer = answer.map_err(|error| away(&error))?;
    match answer.status() {
        StatusCode::NOT_FOUND => Err(ToolError::NotRunning),
        status if status.is_success() => serde_json::from_slice(answer.body()).map_err(|error| away(&error)),
        status => Err(away(&format!("status {status}"))),
    }
}
