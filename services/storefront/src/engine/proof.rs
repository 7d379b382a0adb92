//! The verdict: whether nothing was lost, and what is missing to say so.

use estore_contract::demo::LoadState;
use time::{Duration, OffsetDateTime};

use super::{Measured, Snapshot};

/// The age up to which an audit or a comparison counts.
const RECENT: Duration = Duration::minutes(5);

/// A reason for which nothing is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Prometheus does not answer or does not run, and it has the result of the audits.
    Measurements,
    /// No audit has ended.
    Audit,
    /// The last audit ended so many minutes ago.
    OldAudit(u64),
    /// The last audit found so many violations.
    Violations(u64),
    /// Nothing compares the shop with what its customers saw.
    Comparison,
    /// No order was compared yet.
    ComparedOrders,
    /// The last comparison was so many minutes ago.
    OldComparison(u64),
    /// So many requests of customers were given up because their outcome stayed unknown.
    Unsettled(u64),
    /// So many orders contradict what their customers saw.
    Disagreements(u64),
}

impl Missing {
    /// Returns true if something is wrong, and not only unknown.
    pub(crate) const fn is_wrong(self) -> bool {
        matches!(self, Self::Violations(_) | Self::Disagreements(_))
    }
}

/// The reasons for which nothing is proven. Empty if nothing is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof(pub(crate) Vec<Missing>);

impl Proof {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let mut missing = match &snapshot.measured {
            Ok(measured) => audit(measured),
            Err(_away) => vec![Missing::Measurements],
        };
        match &snapshot.load {
            Ok(load) => missing.extend(comparison(load, snapshot.at)),
            Err(_away) => missing.push(Missing::Comparison),
        }
        Self(missing)
    }

    /// Returns true if nothing is missing.
    pub(crate) fn is_complete(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true if a violation or a contradiction was found.
    pub(crate) fn is_refuted(&self) -> bool {
        self.0.iter().any(|missing| missing.is_wrong())
    }
}

fn audit(measured: &Measured) -> Vec<Missing> {
    let audit = &measured.audit;
    let (Some(age), false) = (audit.age, audit.violations.is_empty()) else { return vec![Missing::Audit] };
    let mut missing = Vec::new();
    if age > RECENT.as_seconds_f64() {
        missing.push(Missing::OldAudit(minutes(age)));
    }
    let violations = audit.violations.values().sum();
    if violations > 0 {
        missing.push(Missing::Violations(violations));
    }
    missing
}

fn comparison(load: &LoadState, now: OffsetDateTime) -> Vec<Missing> {
    let told = &load.told;
    let Some(at) = told.last_compared_at.filter(|_| told.compared > 0) else {
        return vec![Missing::ComparedOrders];
    };
    let mut missing = Vec::new();
    if now - at > RECENT {
        missing.push(Missing::OldComparison(minutes((now - at).as_seconds_f64())));
    }
    if told.unsettled > 0 {
        missing.push(Missing::Unsettled(told.unsettled));
    }
    if told.disagreements > 0 {
        missing.push(Missing::Disagreements(told.disagreements));
    }
    missing
}

fn minutes(seconds: f64) -> u64 {
    format!("{:.0}", seconds / 60.0).parse().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};
    use time::macros::datetime;

    use super::*;
    use crate::{
        api::demo::{Ready, ToolError},
        engine::measured::Audit,
    };

    const NOW: OffsetDateTime = datetime!(2026-11-30 12:00 UTC);

    fn measured(age: Option<f64>, violations: u64) -> Measured {
        let violations = [("01_stock_bounds".to_owned(), 0), ("05_money".to_owned(), violations)].into();
        Measured { audit: Audit { violations, age, ..Audit::default() }, ..Measured::default() }
    }

    fn load(compared: u64, disagreements: u64, at: &str) -> LoadState {
        from_value(json!({
            "orders_per_minute": 60, "ready": true, "running_since": null,
            "mix": {"browse": 1, "basket": 1, "order": 1, "decline": 1, "cancel": 1, "refund": 1},
            "counts": {"orders": 1, "completed": 1, "declined": 0, "refused": 0, "cancelled": 0, "refunds": 0, "unknown": 0, "requests": 9},
            "told": {"operations": 9, "compared": compared, "disagreements": disagreements, "last_compared_at": at, "offenders": []},
        }))
        .unwrap()
    }

    fn proof(measured: Result<Measured, ToolError>, load: Result<LoadState, ToolError>) -> Proof {
        let [user, verification, inventory, payment] = [Ready::Up, Ready::Up, Ready::Up, Ready::Up];
        let (faults, orders) = (Err(ToolError::NotRunning), Ok(Vec::new()));
        Proof::of(&Snapshot {
            at: NOW,
            user,
            verification,
            inventory,
            payment,
            measured,
            faults,
            load,
            orders,
        })
    }

    #[test]
    fn recent_clean_audit_and_comparison_prove_it() {
        let good = proof(Ok(measured(Some(30.0), 0)), Ok(load(5, 0, "2026-11-30T11:59:50Z")));
        assert!(good.is_complete() && !good.is_refuted());
    }

    #[test]
    fn outcome_that_stayed_unknown_proves_nothing() {
        let mut load = load(5, 0, "2026-11-30T11:59:50Z");
        load.told.unsettled = 3;
        let found = proof(Ok(measured(Some(30.0), 0)), Ok(load));
        assert_eq!((found.is_refuted(), found.0), (false, vec![Missing::Unsettled(3)]));
    }

    #[test]
    fn proof_says_what_is_missing() {
        let told = || Ok(load(5, 0, "2026-11-30T11:59:50Z"));
        let audited = || Ok(measured(Some(30.0), 0));
        for (found, missing) in [
            (proof(Err(ToolError::Away), told()), Missing::Measurements),
            (proof(Ok(Measured::default()), told()), Missing::Audit),
            (proof(Ok(measured(None, 0)), told()), Missing::Audit),
            (proof(Ok(measured(Some(3600.0), 0)), told()), Missing::OldAudit(60)),
            (proof(Ok(measured(Some(30.0), 2)), told()), Missing::Violations(2)),
            (proof(audited(), Err(ToolError::NotRunning)), Missing::Comparison),
            (proof(audited(), Ok(load(0, 0, "2026-11-30T11:59:50Z"))), Missing::ComparedOrders),
            (proof(audited(), Ok(load(5, 0, "2026-11-30T11:30:00Z"))), Missing::OldComparison(30)),
            (proof(audited(), Ok(load(5, 1, "2026-11-30T11:59:50Z"))), Missing::Disagreements(1)),
        ] {
            assert_eq!(found.0, [missing]);
            let is_wrong = matches!(missing, Missing::Violations(_) | Missing::Disagreements(_));
            assert_eq!(found.is_refuted(), is_wrong);
        }
    }
}
