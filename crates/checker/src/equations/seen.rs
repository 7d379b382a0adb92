//! Equation 8: each state that a client saw is current, or was current and moved on from there.

use std::collections::BTreeMap;

use estore_contract::{
    OrderId,
    payment::{self, OrderStatus as Status},
};

use super::{Findings, case::Case, units};
use crate::{
    history::{Op, OpKind, Outcome, Seen},
    stores::{Order, Refund, RefundState},
};

/// Checks equation 8 for every 2xx.
pub(super) fn is_kept(case: &Case<'_>, found: &mut Findings) {
    for op in case.history {
        match &op.outcome {
            Outcome::Ok { seen: Seen::Order(seen), .. } => an_order(case, op, seen, found),
            Outcome::Ok { seen: Seen::Refund { n, status, amount }, .. } => {
                a_refund(case, op, (*n, status, *amount), found);
            }
            Outcome::Ok { seen: Seen::Card(id), .. } => {
                let OpKind::SaveCard { user } = op.kind else { continue };
                // Closing an account erases its cards.
                let closed = case.snapshot.users.get(&user).is_some_and(|user| user.closed);
                if !closed && case.snapshot.cards.get(id) != Some(&user) {
                    found.shown(8, id, format!("the saved card of {user} is not there"), vec![op.id]);
                }
            }
            _ => {}
        }
    }
}

/// Returns true if an order seen as `before` may now be `now`.
fn may_follow(before: Status, now: Status) -> bool {
    use Status::{Cancelled, Completed, PartiallyRefunded, Pending, Refunded};
    match before {
        Pending => true,
        Completed => matches!(now, Completed | PartiallyRefunded | Refunded),
        PartiallyRefunded => matches!(now, PartiallyRefunded | Refunded),
        Refunded => now == Refunded,
        Cancelled => now == Cancelled,
    }
}

fn an_order(case: &Case<'_>, op: &Op, seen: &payment::Order, found: &mut Findings) {
    let mut wrong = |what: String| found.shown(8, &seen.id, what, vec![op.id]);
    if op.kind.order() != Some(seen.id) {
        wrong("the answer is of another order".to_owned());
    }
    let Some(kept) = case.snapshot.orders.get(&seen.id) else {
        return wrong(format!("it was seen {:?}, and is not there", seen.status));
    };
    let status = kept.status(case.refunds(seen.id).map(|(_, refund)| refund));
    if !may_follow(seen.status, status) {
        wrong(format!("it was seen {:?}, and is {status:?}", seen.status));
    }
    if let (OpKind::Cancel { .. }, false) = (&op.kind, kept.state.is_undone()) {
        wrong(format!("its cancelling was accepted, and it is {:?}", kept.state));
    }
    // The seen lines equal the request's lines, even if a later answer repeats them.
    let asked = match &op.kind {
        OpKind::Order { lines, .. } => units::of(lines),
        _ => units::sum(seen.items.iter().map(|line| (&line.sku, line.quantity))),
    };
    let lines = units::of(&kept.asked);
    if asked != lines {
        wrong(format!("it was seen with {asked:?}, and has {lines:?}"));
    }
    if let Some(what) = other_price(seen, kept) {
        wrong(what);
    }
    let created = i64::try_from(seen.created_at.unix_timestamp_nanos() / 1_000_000).ok();
    if (seen.payment_method.id, created) != (kept.method, Some(kept.created_at)) {
        wrong("it was seen with another card or date".to_owned());
    }
    let failure = seen.failure.as_ref().map(|failure| failure.code.as_str());
    if failure.is_some() && failure != kept.failure.as_deref() {
        wrong(format!("it was seen to fail with {failure:?}, and failed with {:?}", kept.failure));
    }
}

fn other_price(seen: &payment::Order, kept: &Order) -> Option<String> {
    let total = seen.total?;
    let price = kept.price.as_ref();
    if price.map(|price| (price.amount, price.currency)) != Some((total.amount, total.currency)) {
        return Some(format!("it was seen at {total:?}, and costs {:?}", price.map(|price| price.amount)));
    }
    let same = seen.items.iter().all(|item| {
        let line = price.and_then(|price| price.lines.iter().find(|line| line.sku == item.sku));
        let (unit, name) = (line.map(|line| line.unit_price), line.map(|line| line.name.as_str()));
        item.unit_price == unit && item.name.as_deref() == name
    });
    if !same {
        return Some("it was seen with other prices or names".to_owned());
    }
    let refunded = seen.refunded.map_or(0, |refunded| refunded.amount);
    (refunded > kept.refunded)
        .then(|| format!("{refunded} were seen to be refunded, and {} are", kept.refunded))
}

/// Returns true if a refund seen as `before`, in the service's words, may now be in the store's
/// state `now`.
fn refund_may_follow(before: &str, now: RefundState) -> bool {
    match before {
        "requested" | "pending" => true,
        "paid" => now.is_paid(),
        "done" | "succeeded" | "completed" => now == RefundState::Done,
        "failed" => now == RefundState::Failed,
        // An unknown word.
        _ => false,
    }
}

fn a_refund(case: &Case<'_>, op: &Op, seen: (u32, &str, i64), found: &mut Findings) {
    let OpKind::Refund { order, key, lines, restock } = &op.kind else { return };
    let (n, status, amount) = (i64::from(seen.0), seen.1, seen.2);
    let mut wrong = |what: String| found.shown(8, &format!("{order}/{n}"), what, vec![op.id]);
    let Some(kept) = case.snapshot.refunds.get(&(*order, n)) else {
        return wrong(format!("the refund was seen {status}, and is not there"));
    };
    if !refund_may_follow(status, kept.state) {
        wrong(format!("the refund was seen {status}, and is {:?}", kept.state));
    }
    let asked = lines.as_deref().map(units::of);
    let back = units::of(&kept.lines);
    let Refund { key: kept_key, amount: kept_amount, restock: kept_restock, .. } = kept;
    if (kept_key, *kept_amount, *kept_restock) != (key, amount, *restock)
        || asked.is_some_and(|asked| asked != back)
    {
        wrong(format!("the refund was seen with {amount} for the key {key}, and is {kept:?}"));
    }
}

/// Checks equation 8 over time: no later request sees an earlier state.
pub(super) fn never_goes_back(case: &Case<'_>, found: &mut Findings) {
    let mut by_order = BTreeMap::<OrderId, Vec<(&Op, Status)>>::new();
    for op in case.history {
        if let (Some(order), Some(_)) = (op.seen_order(), op.ended_ms) {
            by_order.entry(order.id).or_default().push((op, order.status));
        }
    }
    for (id, mut seen) in by_order {
        seen.sort_by_key(|(op, _)| op.invoked_ms);
        let mut by_end = seen.clone();
        by_end.sort_by_key(|(op, _)| op.ended_ms);
        let mut ended = by_end.iter().peekable();
        let mut furthest: Option<(&Op, Status)> = None;
        for (op, status) in &seen {
            while let Some((before, known)) =
                ended.next_if(|(before, _)| before.ended_ms < Some(op.invoked_ms))
            {
                if furthest.is_none_or(|(_, furthest)| may_follow(furthest, *known)) {
                    furthest = Some((before, *known));
                }
            }
            if let Some((before, known)) = furthest
                && !may_follow(known, *status)
            {
                let what = format!("it was seen {known:?}, and afterwards {status:?}");
                found.shown(8, &id, what, vec![before.id, op.id]);
            }
        }
    }
}
