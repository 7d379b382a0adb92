//! `GET /log` and `PUT /log`, on the management listener alone: which lines the log has, without a restart.

use std::time::Duration;

use axum::{Router, body::Body};
use estore_contract::Code;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Problem,
    extract::{Json, Query, read_body},
    telemetry::{self, Levels, Shown},
};

/// The longest filter, in bytes.
const LONGEST: usize = 1024;
/// The longest time that a filter can be set for.
const DAY: u64 = 24 * 60 * 60;

/// Which lines the log has.
#[derive(Debug, Serialize, ToSchema)]
struct Log {
    /// Its filter, as `RUST_LOG` has it.
    filter: String,
    /// What it was at the start, and is again after `until`.
    configured: String,
    /// Until when it is another than configured; `null` where nothing ends it.
    #[serde(with = "time::serde::rfc3339::option")]
    until: Option<OffsetDateTime>,
}

/// For how long.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    seconds: Option<u64>,
}

/// The routes.
pub(super) fn routes() -> Router {
    OpenApiRouter::default().routes(routes!(read, set)).into()
}

#[utoipa::path(get, path = "/log", responses((status = 200, description = "As it is", body = Log)))]
async fn read() -> Result<Json<Log>, Problem> {
    Ok(Json(levels()?.shown().into()))
}

#[utoipa::path(put, path = "/log", responses((status = 200, description = "As it is now", body = Log)))]
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
    telemetry::levels().ok_or_else(|| Problem::internal("there is no log"))
}

fn bad(wrong: &str) -> Problem {
    Problem::new(
        Code::BadRequest,
        format!("The body is no filter such as info,estore_payment=debug: {wrong}."),
    )
}

impl From<Shown> for Log {
    fn from(Shown { filter, configured, until }: Shown) -> Self {
        Self { filter, configured, until }
    }
}
