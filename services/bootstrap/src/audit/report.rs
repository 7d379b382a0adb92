//! The reports in Redis.

use std::time::Duration;

use anyhow::{Context, Result};
use estore_base::config::Env;
use estore_contract::audit::AuditReport;
use redis::cmd;

use super::{
    databases::Databases,
    source::{text, texts},
    tally::cut,
};

const REPORTS: &str = "{pay}:audit";
/// The number of offenders for an equation in a report in Redis, and fewer if the report is too
/// long.
const KEPT: [usize; 4] = [20, 5, 1, 0];
/// The most characters of a contradiction in such a report.
const LONGEST: usize = 500;
/// The most bytes of such a report: `pay1_audit_done` refuses a longer one.
const MOST_BYTES: usize = 262_144;

/// Writes the report into the list of the last ones.
pub async fn leave(env: &Env, report: &AuditReport) -> Result<()> {
    let databases = Databases::open(env, Duration::ZERO)?;
    let mut call = cmd("FCALL");
    call.arg("pay1_audit_done").arg(1).arg(REPORTS).arg(brief(report)?);
    let answer = text(databases.payment.one(call).await.context("leave the report in Redis")?);
    anyhow::ensure!(answer.as_deref() == Some("kept"), "Redis does not keep the report: {answer:?}");
    Ok(())
}

/// Returns the last report, if this release can read it.
pub(super) async fn last(databases: &Databases) -> Result<Option<AuditReport>> {
    let mut range = cmd("LRANGE");
    range.arg(REPORTS).arg(0).arg(0);
    let reports = texts(databases.payment.one(range).await?);
    Ok(reports.first().and_then(|report| serde_json::from_str(report).ok()))
}

/// Returns the report as JSON, so short that Redis keeps many.
fn brief(report: &AuditReport) -> Result<String> {
    let mut brief = report.clone();
    brief.remarks.iter_mut().for_each(|remark| *remark = cut(remark, LONGEST));
    let mut json = String::new();
    for kept in KEPT {
        for equation in &mut brief.equations {
            equation.offenders.truncate(kept);
            for offender in &mut equation.offenders {
                offender.subject = cut(&offender.subject, LONGEST);
                offender.what = cut(&offender.what, LONGEST);
            }
        }
        json = serde_json::to_string(&brief)?;
        if json.len() <= MOST_BYTES {
            break;
        }
    }
    Ok(json)
}

#[cfg(test)]
mod tests {
    use estore_contract::audit::{AuditedEquation, Checked, EQUATIONS, Offender};
    use time::macros::datetime;

    use super::*;

    /// Returns a report with 30 offenders for each equation, whose contradictions are `what`.
    fn report(what: &str) -> AuditReport {
        let offender = |n: u32| Offender { subject: n.to_string(), what: what.to_owned() };
        let equation = |label: &&str| AuditedEquation {
            equation: (*label).to_owned(),
            title: String::new(),
            checked: 30,
            of: "orders".to_owned(),
            violations: 30,
            offenders: (0..30).map(offender).collect(),
        };
        AuditReport {
            started_at: datetime!(2026-01-01 00:00 UTC),
            finished_at: datetime!(2026-01-01 00:00 UTC),
            took_ms: 1,
            next_within_seconds: None,
            checked: Checked::default(),
            read_again: 0,
            equations: EQUATIONS.iter().map(equation).collect(),
            remarks: Vec::new(),
        }
    }

    #[test]
    fn report_in_redis_is_never_too_long() {
        for (what, offenders) in [("x", 20), (&*"x".repeat(9000), 20), (&*"\u{1}".repeat(9000), 5)] {
            let json = brief(&report(what)).unwrap();
            assert!(json.len() <= MOST_BYTES, "{}", json.len());
            let brief: AuditReport = serde_json::from_str(&json).unwrap();
            assert_eq!((brief.violations(), brief.equations[0].offenders.len()), (330, offenders));
        }
    }
}
