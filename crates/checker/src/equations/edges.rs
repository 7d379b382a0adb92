//! Equation 11: every transition is an edge, versions grow by one, and nothing follows a final
//! state.

use estore_contract::OrderId;

use super::{Findings, case::Case};
use crate::stores::{State, Step};

/// Checks equation 11 for an order and its refunds.
pub(super) fn are_followed(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    if let Some(order) = case.order(id) {
        follow(&id.to_string(), &order.log, (order.state, order.version, order.created_at), found);
    }
    for (n, refund) in case.refunds(id) {
        follow(&format!("{id}/{n}"), &refund.log, (refund.state, refund.version, refund.created_at), found);
    }
}

/// Notes values that do not parse, such as an unknown state.
pub(super) fn values_are_known(case: &Case<'_>, found: &mut Findings) {
    for misread in &case.snapshot.misread {
        found.add(11, &misread.subject, &misread.what);
    }
}

/// Follows the log from the first state, at version 1 and its time of creation, to the current
/// state.
fn follow<S: State>(subject: &str, log: &[Step<S>], now: (S, i64, i64), found: &mut Findings) {
    let (state, version, created_at) = now;
    let begins = log.first().is_some_and(|first| {
        first.from.is_none() && first.to == S::FIRST && first.version == 1 && first.at == created_at
    });
    found.unless(begins, 11, subject, || format!("its log begins with {:?}", log.first()));
    for pair in log.windows(2) {
        let [before, after] = pair else { continue };
        let holds = after.from == Some(before.to)
            && !before.to.is_final()
            && before.to.may_become(after.to)
            && after.version == before.version.saturating_add(1);
        found.unless(holds, 11, subject, || format!("{after:?} follows {before:?}"));
    }
    let ends = log.last().is_some_and(|last| last.to == state && last.version == version);
    found.unless(ends, 11, subject, || {
        format!("it is {state:?} in version {version}, and its log ends with {:?}", log.last())
    });
}
