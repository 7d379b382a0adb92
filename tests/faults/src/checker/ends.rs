//! Equation 13: every operation ends known, by its own answer or by a later one, in time.

use std::collections::BTreeMap;

use estore_contract::{OrderId, UserId, payment::OrderStatus};

use super::{Findings, case::Case, refused::undone};
use crate::history::{Op, OpKind, Outcome};

/// A question that an answer settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Question<'a> {
    /// What became of the order?
    Order(OrderId),
    /// Will it be cancelled?
    Cancel(OrderId),
    /// What became of the refund of this key?
    Refund(OrderId, &'a str),
    /// What went back, for whatever key?
    Refunded(OrderId),
    /// Has the user got the card?
    Card(UserId),
}

/// When a question was settled.
struct Settled {
    /// When its answer was asked for; `None` where it is a fact for good, whenever that was.
    asked: Option<u64>,
    known: u64,
}

/// 13: yes, no, or later by a read. An order that was seen pending is neither a yes nor a no; a read that came to nothing had
/// no effect, and has only to end.
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

/// When the answer to another operation settled this one, which has ended.
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
    // What says no must have been asked for afterwards.
    let all = all.into_iter().filter(|settled| settled.asked.is_none_or(|asked| asked >= ended));
    all.map(|settled| settled.known.max(ended)).min()
}

fn is_pending(op: &Op) -> bool {
    op.seen_order().is_some_and(|order| order.status == OrderStatus::Pending)
}

/// Whether its own answer is a yes or a no.
fn is_settled(op: &Op) -> bool {
    match (&op.kind, &op.outcome) {
        (OpKind::Order { .. }, Outcome::Ok { .. }) => !is_pending(op),
        (OpKind::Read { .. }, Outcome::Unknown { .. }) => true,
        _ => op.is_known(),
    }
}

/// The questions that its answer settles, and whether for good.
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
        // What is refused before the key is looked at, as for want of a token, says nothing of the order.
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
