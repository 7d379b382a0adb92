//! Equation 13: the outcome of every operation becomes known in time, by its own answer or a later
//! one.

use std::collections::BTreeMap;

use estore_contract::{OrderId, UserId, payment::OrderStatus};

use super::{Findings, case::Case, refused::undone};
use crate::history::{Op, OpKind, Outcome};

/// A question that an answer settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Question<'a> {
    /// The outcome of the order.
    Order(OrderId),
    /// The order's cancellation, now or later.
    Cancel(OrderId),
    /// The outcome of the refund with this key.
    Refund(OrderId, &'a str),
    /// The amounts refunded, for any key.
    Refunded(OrderId),
    /// The saved card of the user.
    Card(UserId),
}

/// The times at which a question was asked and settled.
struct Settled {
    /// The time of the request whose answer settled it; `None` if the answer is final at any time.
    asked: Option<u64>,
    known: u64,
}

/// Checks equation 13: a yes, a no, or a later answer by a read.
/// An order that was seen pending is neither a yes nor a no. A read that failed had no effect: it
/// only has to end.
pub(super) fn are_known(case: &Case<'_>, found: &mut Findings) {
    let mut answers = BTreeMap::<Question<'_>, Vec<Settled>>::new();
    for op in case.history {
        let Some(known) = op.ended_ms else { continue };
        for (question, for_good) in settles(op) {
            let asked = (!for_good).then_some(op.invoked_ms);
            answers.entry(question).or_default().push(Settled { asked, known });
        }
    }
    let faults_ended = case.options.faults_ended_ms.unwrap_or(0);
    for op in case.history {
        let deadline = op.invoked_ms.max(faults_ended).saturating_add(case.options.patience_ms);
        let own = op.ended_ms.filter(|_| is_settled(op));
        let what = match own.or_else(|| later(op, &answers)) {
            Some(known) if known <= deadline => continue,
            Some(known) => {
                format!("it was known {} s after it was asked", known.saturating_sub(op.invoked_ms) / 1000)
            }
            None => "nobody knows how it ended".to_owned(),
        };
        let subject =
            op.kind.order().map_or_else(|| format!("client {}", op.client), |order| order.to_string());
        found.shown(13, &subject, what, vec![op.id]);
    }
}

/// Returns the time at which the answer to another operation settled this one, which has ended.
fn later(op: &Op, answers: &BTreeMap<Question<'_>, Vec<Settled>>) -> Option<u64> {
    let ended = op.ended_ms?;
    let question = match &op.kind {
        OpKind::Order { .. } => Question::Order(op.kind.order()?),
        OpKind::Cancel { order } => Question::Cancel(*order),
        OpKind::Refund { order, key, .. } => Question::Refund(*order, key),
        OpKind::SaveCard { user } => Question::Card(*user),
        OpKind::Read { .. } => return None,
    };
    let mut all: Vec<&Settled> = answers.get(&question).into_iter().flatten().collect();
    if let Question::Refund(order, _) = question {
        all.extend(answers.get(&Question::Refunded(order)).into_iter().flatten());
    }
    // Only a request made afterwards can return a no.
    let all = all.into_iter().filter(|settled| settled.asked.is_none_or(|asked| asked >= ended));
    all.map(|settled| settled.known.max(ended)).min()
}

fn is_pending(op: &Op) -> bool {
    op.seen_order().is_some_and(|order| order.status == OrderStatus::Pending)
}

/// Returns true if the operation's own answer is a yes or a no.
fn is_settled(op: &Op) -> bool {
    match (&op.kind, &op.outcome) {
        (OpKind::Order { .. }, Outcome::Ok { .. }) => !is_pending(op),
        (OpKind::Read { .. }, Outcome::Unknown { .. }) => true,
        _ => op.is_known(),
    }
}

/// Returns the questions that the operation's answer settles, and whether each is settled for good.
fn settles(op: &Op) -> Vec<(Question<'_>, bool)> {
    use Outcome::{Ok, Refused};
    let of_order = |for_good| {
        let order = op.kind.order().into_iter();
        order.flat_map(|id| [(Question::Order(id), for_good), (Question::Cancel(id), for_good)]).collect()
    };
    match (&op.kind, &op.outcome) {
        (OpKind::Order { .. } | OpKind::Read { .. }, Ok { .. }) if is_pending(op) => Vec::new(),
        (OpKind::Read { order }, Ok { .. }) => {
            let mut questions: Vec<_> = of_order(true);
            questions.push((Question::Refunded(*order), false));
            questions
        }
        (OpKind::Order { .. } | OpKind::Cancel { .. }, Ok { .. }) => of_order(true),
        (OpKind::Order { .. }, Refused { .. }) if undone(op).is_some() => of_order(true),
        // A request refused before the service looks at the key, for example without a token, says
        // nothing of the order.
        (
            OpKind::Order { .. } | OpKind::Read { .. },
            Refused { status: 404 | 409 | 422, order: None, .. },
        ) => of_order(false),
        (OpKind::Cancel { order }, Refused { .. }) => vec![(Question::Cancel(*order), false)],
        (OpKind::Refund { order, key, .. }, Ok { .. }) => vec![(Question::Refund(*order, key), true)],
        (OpKind::Refund { order, key, .. }, Refused { .. }) => vec![(Question::Refund(*order, key), false)],
        (OpKind::SaveCard { user }, Ok { .. } | Refused { .. }) => vec![(Question::Card(*user), false)],
        _ => Vec::new(),
    }
}
