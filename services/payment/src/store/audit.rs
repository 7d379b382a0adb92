//! The reports of audits, which `bootstrap audit` leaves.

use estore_contract::audit::AuditReport;
use estore_stores::redis::Redis;
use redis::cmd;

use super::TAG;
use crate::Error;

/// Returns the report of the last audit, if there was one.
pub async fn last(redis: &Redis) -> Result<Option<AuditReport>, Error> {
    let mut call = cmd("LRANGE");
    call.arg(format!("{TAG}:audit")).arg(0).arg(0);
    let reports: Vec<String> = call.query_async(&mut redis.connection()).await?;
    let parse = |report: &String| serde_json::from_str(report);
    let report = reports.first().map(parse).transpose();
    report.map_err(|error| Error::Unexpected(format!("the report of an audit: {error}")))
}
