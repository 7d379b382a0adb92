//! `GET /log` and `PUT /log`, on the management listener only: shows and changes the log filter
//! without a restart.

use std::time::Duration;

use axum::{Router, body::Body};
use estore_contract::Code;
use estore_telemetry::{Levels, Shown};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Problem,
    extract::{Json, Query, read_body},
};

/// The longest filter, in bytes.
const LONGEST: usize = 1024;
/// The longest time for which a filter can be set.
const DAY: u64 = 24 * 60 * 60;

/// The state of the log filter.
#[derive(Debug, Serialize, ToSchema)]
struct Log {
    /// The filter in use, in the syntax of `RUST_LOG`.
    filter: String,
    /// The filter at the start, which returns after `until`.
    configured: String,
    /// The time at which the configured filter returns; `null` if no end is set.
    #[serde(with = "time::serde::rfc3339::option")]
    until: Option<OffsetDateTime>,
}

/// The time for which the filter is set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    seconds: Option<u64>,
}

pub(super) fn routes() -> Router {
    OpenApiRouter::default().routes(routes!(read, set)).into()
}

#[utoipa::path(get, path = "/log", responses((status = 200, description = "The log filter", body = Log)))]
async fn read() -> Result<Json<Log>, Problem> {
    Ok(Json(levels()?.shown().into()))
}

#[utoipa::path(put, path = "/log", responses((status = 200, description = "The new log filter", body = Log)))]
async fn set(Query(Span { seconds }): Query<Span>, body: Body) -> Result<Json<Log>, Problem> {
    if seconds.is_some_and(|seconds| !(1..=DAY).contains(&seconds)) {
        return Err(Problem::field("seconds", "must be from 1 to 86400"));
    }
    let body = read_body(body, LONGEST).await?;
    let text = str::from_utf8(&body).map_err(|_| bad("it is not UTF-8"))?.trim();
    let shown = levels()?.set(text, seconds.map(Duration::from_secs)).map_err(|wrong| bad(&wrong))?;
    Ok(Json(shown.into()))
}

fn levels() -> Result<&'static Levels, Problem> {
    estore_telemetry::levels().ok_or_else(|| Problem::internal("there is no log"))
}

fn bad(wrong: &str) -> Problem {
    Problem::new(
        Code::BadRequest,
        format!("The body must be a filter such as info,estore_payment=debug: {wrong}."),
    )
}

impl From<Shown> for Log {
    fn from(Shown { filter, configured, until }: Shown) -> Self {
        Self { filter, configured, until }
    }
}
