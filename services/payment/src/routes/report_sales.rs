//! `GET /reports/sales`.

use axum::extract::State;
use estore_contract::{
    ErrorBody, Moment,
    sales::{ReportPeriod, SalesReport},
};
use estore_server::{
    Problem,
    auth::Admin,
    extract::{Json, Query},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    app::App,
    domain::{MAX_ROWS, periods, rows},
    store::sales,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// The first row has this time.
    from: Moment,
    /// No row begins at this time or later.
    to: Moment,
    /// The length of a row.
    #[serde(default)]
    by: ReportPeriod,
}

/// Reports the orders and the money of each hour or day in UTC. An order counts when it is created,
/// and again when it ends; money counts when it enters the ledger. The counters go back 400 days,
/// and begin with this version of the service. Before that, rows are zero.
#[utoipa::path(get, path = "/reports/sales", tag = "reports", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "A row for each hour or day, at most 800", body = SalesReport),
    (status = 422, description = "A parameter is missing, unknown or not valid, or there would be too many rows", body = ErrorBody),
))]
pub(super) async fn report_sales(
    State(app): State<App>,
    _admin: Admin,
    Query(params): Query<Params>,
) -> Result<Json<SalesReport>, Problem> {
    let Params { from, to, by } = params;
    if to <= from {
        return Err(Problem::field("to", "must be later than `from`"));
    }
    let hours = periods(from.0, to.0, by);
    if hours.len() > MAX_ROWS {
        return Err(Problem::field("from", format!("must be at most {MAX_ROWS} rows before `to`")));
    }
    let mut days: Vec<i64> = hours.iter().map(|hour| hour.div_euclid(24)).collect();
    days.dedup();
    let counters = sales::read(&app.redis, app.epoch.expected()?, &days).await?;
    Ok(Json(SalesReport { by, items: rows(&hours, by, &counters) }))
}
