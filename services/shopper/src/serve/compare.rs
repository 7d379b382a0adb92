//! The job that compares orders with the answers that their customers got.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context, Result};
use estore_checker::{
    Findings, examine_answers,
    history::{Op, OpKind},
    stores::Snapshot,
};
use estore_contract::{
    OrderId, UserId,
    payment::{OrderStatus, OrderWithTimeline, RefundList},
};
use estore_telemetry::jobs::{Stop, poll};
use futures::{StreamExt, stream};
use tokio::sync::Notify;

use super::{App, told::snapshot};
use crate::{
    client::{Account, Place, Request, expect},
    load::PATIENCE,
};

/// The time between two rounds.
const ROUND: Duration = Duration::from_secs(10);
/// The most orders in a round: those with new operations, and older ones that are compared again.
const NEW: usize = 1000;
const AGAIN: usize = 100;
/// The orders that are read at once.
const AT_ONCE: usize = 8;
/// The number of offenders that the API names.
const NAMED: usize = 20;

/// The orders that were compared.
#[derive(Default)]
struct Compared {
    /// The last operation on each order when it was compared.
    last: BTreeMap<OrderId, u64>,
    /// The last order that was compared again.
    place: Option<OrderId>,
    /// The orders whose state contradicts an answer to their customer.
    offenders: BTreeSet<OrderId>,
}

/// Runs until `stop`.
pub(super) async fn run(app: App, stop: Stop) {
    let (wake, compared) = (Notify::new(), tokio::sync::Mutex::<Compared>::default());
    tokio::select! {
        () = poll(&stop, &wake, ROUND, || round(&app, &compared)) => {}
        () = stop.token().cancelled() => {}
    }
}

async fn round(app: &App, compared: &tokio::sync::Mutex<Compared>) -> Result<bool, String> {
    let mut compared = compared.lock().await;
    let (orders, more) = compared.next(by_order(app.history.ops()));
    // If every read fails, nothing is compared.
    let mut is_read = orders.is_empty();
    let mut reading = stream::iter(orders.into_iter().map(|(id, ops)| async move {
        let read = compare(app, id, &ops).await;
        (id, ops, read)
    }))
    .buffer_unordered(AT_ONCE);
    let mut failed = None;
    while let Some((id, ops, read)) = reading.next().await {
        match read {
            Ok(found) => {
                is_read = true;
                // Without, the order is in progress.
                if let Some(found) = found {
                    compared.note(app, id, &ops, found);
                }
            }
            Err(error) => failed = Some(format!("{error:#}")),
        }
    }
    if is_read {
        app.told().last_compared_at = Some(app.now());
    }
    failed.map_or(Ok(more), Err)
}

/// Groups operations by order, without those orders whose last operation is not known.
fn by_order(ops: Vec<Op>) -> BTreeMap<OrderId, Vec<Op>> {
    let mut orders = BTreeMap::<OrderId, Vec<Op>>::new();
    for op in ops {
        if let Some(order) = op.kind.order() {
            orders.entry(order).or_default().push(op);
        }
    }
    orders
        .retain(|_, ops| ops.last().is_some_and(Op::is_known) && ops.iter().all(|op| op.ended_ms.is_some()));
    orders
}

impl Compared {
    /// Chooses the orders of a round. Returns true with them if more have new operations.
    fn next(&mut self, mut orders: BTreeMap<OrderId, Vec<Op>>) -> (Vec<(OrderId, Vec<Op>)>, bool) {
        self.last.retain(|id, _| orders.contains_key(id));
        let last = |ops: &[Op]| ops.last().map(|op| op.id);
        let is_new = |(id, ops): &(&OrderId, &Vec<Op>)| self.last.get(id).copied() != last(ops);
        let mut chosen: Vec<OrderId> =
            orders.iter().filter(is_new).map(|(id, _)| *id).take(NEW + 1).collect();
        let more = chosen.len() > NEW;
        chosen.truncate(NEW);
        let older = self.older();
        self.place = older.last().copied();
        chosen.extend(older);
        (chosen.into_iter().filter_map(|id| orders.remove_entry(&id)).collect(), more)
    }

    /// Returns the orders to compare again: those after the last one, and from the beginning.
    fn older(&self) -> Vec<OrderId> {
        let after = self.place.map(|place| self.last.range(place..).skip_while(move |(id, _)| **id == place));
        let rest: Vec<OrderId> = after.into_iter().flatten().map(|(id, _)| *id).take(AGAIN).collect();
        if rest.is_empty() { self.last.keys().take(AGAIN).copied().collect() } else { rest }
    }

    /// Notes the comparison of an order.
    fn note(&mut self, app: &App, id: OrderId, ops: &[Op], found: Found) {
        let last = ops.last().map_or(0, |op| op.id);
        let is_first = self.last.insert(id, last).is_none();
        app.uncompared.compared(id, last);
        app.metrics.compared.inc();
        let mut told = app.told();
        told.compared += u64::from(is_first);
        if found.wrong.is_empty() || !self.offenders.insert(id) {
            return;
        }
        told.disagreements += 1;
        app.metrics.disagreements.inc();
        tracing::error!(order = %id, wrong = found.wrong.join("; "), "order contradicts the answers to its customer");
        if told.offenders.len() < NAMED {
            told.offenders.push(found.number);
        }
    }
}

/// The findings about an order.
struct Found {
    /// The number of the order, or its id if it is not there.
    number: String,
    /// The contradictions.
    wrong: Vec<String>,
}

/// Reads an order as its customer, and compares it with the operations on it. Returns `None` if it
/// is in progress.
async fn compare(app: &App, id: OrderId, ops: &[Op]) -> Result<Option<Found>> {
    let client = ops.first().context("an operation")?.client;
    let buyer = app.people.buyer(client).with_context(|| format!("no buyer {client}"))?;
    // The admin reads the orders of a buyer who cannot log in any more.
    let account = match app.people.admin() {
        Some(admin) if buyer.is_shut_out() => admin.account(),
        _ => buyer.account(),
    };
    let read = read(account, buyer.user, (id, ops)).await?;
    let (number, snapshot) = match read {
        Read::Order(number, Some(snapshot)) => (number, *snapshot),
        Read::Order(_, None) => return Ok(None),
        Read::Nothing => (id.to_string(), Snapshot::default()),
    };
    let mut found = Findings::default();
    examine_answers(&snapshot, ops, &mut found);
    let wrong = found.violations.iter().map(ToString::to_string).collect();
    Ok(Some(Found { number, wrong }))
}

/// An order as its customer reads it.
enum Read {
    /// Its number, and the snapshot if it is at rest.
    Order(String, Option<Box<Snapshot>>),
    /// There is no such order.
    Nothing,
}

async fn read(account: &Account, user: UserId, (id, ops): (OrderId, &[Op])) -> Result<Read> {
    let get = |path: String| account.send(Request::get(Place::Payment, path).within(PATIENCE));
    let answer = get(format!("/orders/{id}")).await?;
    if answer.status == 404 {
        return Ok(Read::Nothing);
    }
    let OrderWithTimeline { order, user_id, .. } = expect("read an order", &answer, 200)?;
    let is_back = matches!(order.status, OrderStatus::Refunded | OrderStatus::PartiallyRefunded);
    let refunds = if is_back || ops.iter().any(|op| matches!(op.kind, OpKind::Refund { .. })) {
        let list = get(format!("/orders/{id}/refunds")).await?;
        expect::<RefundList>("list the refunds", &list, 200)?.items
    } else {
        Vec::new()
    };
    let snapshot = snapshot(user_id.unwrap_or(user), &order, &refunds, ops);
    Ok(Read::Order(order.number.to_string(), snapshot.map(Box::new)))
}

#[cfg(test)]
mod tests {
    use estore_checker::history::{Outcome, Seen};

    use super::*;

    fn op(id: u64, order: OrderId, outcome: Outcome) -> Op {
        let ended_ms = (outcome != Outcome::Pending).then_some(id);
        Op { id, client: 0, kind: OpKind::Read { order }, invoked_ms: id, ended_ms, outcome }
    }

    fn ok() -> Outcome {
        Outcome::Ok { status: 200, seen: Seen::Nothing }
    }

    fn ids(count: u64) -> Vec<OrderId> {
        let user: UserId = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01".parse().unwrap();
        (0..count).map(|at| OrderId::of(user, &at.to_string())).collect()
    }

    #[test]
    fn order_without_a_known_end_waits() {
        let [a, b, c] = ids(3)[..] else { unreachable!() };
        let unknown = Outcome::Unknown { why: "no answer".to_owned() };
        let ops = vec![
            op(0, a, unknown.clone()),
            op(1, b, ok()),
            op(2, c, Outcome::Pending),
            op(3, a, ok()),
            op(4, b, unknown),
        ];
        assert_eq!(by_order(ops).into_keys().collect::<Vec<_>>(), [a]);
    }

    #[test]
    fn round_takes_new_orders_first_and_is_bounded() {
        let all: Vec<Op> = ids(2_500).into_iter().zip(0..).map(|(id, at)| op(at, id, ok())).collect();
        let mut compared = Compared::default();
        let mut round = || {
            let (chosen, more) = compared.next(by_order(all.clone()));
            for (id, ops) in &chosen {
                compared.last.insert(*id, ops.last().unwrap().id);
            }
            (chosen.len(), more)
        };
        assert_eq!(round(), (1_000, true));
        assert_eq!(round(), (1_100, true));
        assert_eq!(round(), (600, false));
        // Nothing is new, and each round compares others again.
        let mut again = BTreeSet::new();
        for _ in 0..25 {
            let (chosen, more) = compared.next(by_order(all.clone()));
            assert!(!more && chosen.len() <= AGAIN);
            again.extend(chosen.into_iter().map(|(id, _)| id));
        }
        assert!(again.len() > 2_000, "{}", again.len());
    }
}
