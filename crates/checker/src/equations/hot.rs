//! Equation 12: if buyers want more than the N units there are, N are sold, and never more.

use super::{Findings, case::Case};
use crate::{
    history::{Op, OpKind, Outcome},
    stores::OrderState,
};

/// Checks equation 12 for each SKU of the options. Restocked units could be sold again.
pub(super) fn is_sold_once(case: &Case<'_>, found: &mut Findings) {
    for hot in &case.options.hot {
        let mut sold = 0;
        for (id, order) in &case.snapshot.orders {
            if order.state == OrderState::Completed {
                let lines = order.asked.iter().filter(|(sku, _)| *sku == hot.sku);
                let back = case.snapshot.reservations.get(id).map_or(0, |kept| kept.back(&hot.sku));
                sold += lines.map(|(_, units)| units).sum::<i64>() - back;
            }
        }
        let left = i64::from(hot.units) - sold;
        found.unless(left >= 0, 12, &hot.sku, || format!("{sold} of {} units are sold", hot.units));
        if left > 0 && !hot.faults {
            // Each refused buyer wanted more units than are left. If no buyer was refused, the SKU
            // was not hot.
            let refused: Vec<(u64, i64)> = case
                .history
                .iter()
                .filter_map(|op| Some((op.id, wanted_in_vain(op, hot.sku.as_str())?)))
                .collect();
            let served: Vec<u64> =
                refused.iter().filter(|(_, wanted)| *wanted <= left).map(|(id, _)| *id).collect();
            if refused.is_empty() || !served.is_empty() {
                let what = format!("{left} of {} units are left", hot.units);
                found.shown(12, &hot.sku, what, served.into_iter().take(20).collect());
            }
        }
    }
}

/// Returns the units that a buyer wanted who was refused for insufficient stock.
fn wanted_in_vain(op: &Op, hot: &str) -> Option<i64> {
    let (OpKind::Order { lines, .. }, Outcome::Refused { code, .. }) = (&op.kind, &op.outcome) else {
        return None;
    };
    let wanted =
        lines.iter().filter(|(sku, _)| sku.as_str() == hot).map(|(_, units)| i64::from(*units)).sum();
    (wanted > 0 && code == "insufficient_stock").then_some(wanted)
}
