//! Retries with the same keys until every operation has ended in a yes or a no.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use estore_checker::history::{Op, OpKind, Outcome, Seen};
use estore_contract::{OrderId, payment::OrderStatus};
use futures::{StreamExt, stream};

use super::{Back, Buyer, Refunder};

/// The maximum number of concurrent requests.
const AT_ONCE: usize = 16;

/// Returns the operations with an unknown outcome, one for each request.
fn unknown(ops: &[Op]) -> Vec<Op> {
    let mut last: BTreeMap<String, &Op> = BTreeMap::new();
    for op in ops {
        let name = match &op.kind {
            OpKind::Order { user, key, .. } => format!("order {user} {key}"),
            OpKind::Cancel { order } => format!("cancel {order}"),
            OpKind::Refund { order, key, .. } => format!("refund {order} {key}"),
            OpKind::Read { .. } | OpKind::SaveCard { .. } => continue,
        };
        // A known outcome stays known.
        if last.get(&name).is_none_or(|before| !before.is_known()) {
            last.insert(name, op);
        }
    }
    last.into_values().filter(|op| !op.is_known()).cloned().collect()
}

/// Returns the orders that a client saw in progress and not yet final, with a client that may read
/// them.
fn pending(ops: &[Op]) -> Vec<(u32, OrderId)> {
    let mut last: HashMap<OrderId, (u32, OrderStatus)> = HashMap::new();
    for op in ops {
        if let Outcome::Ok { seen: Seen::Order(order), .. } = &op.outcome {
            last.insert(order.id, (op.client, order.status));
        }
    }
    let open = last.into_iter().filter(|(_, (_, status))| *status == OrderStatus::Pending);
    open.map(|(order, (client, _))| (client, order)).collect()
}

/// Retries until nothing is open or `limit` has passed. Returns the number of settled operations.
pub async fn settle(
    read: impl Fn() -> Vec<Op>,
    buyers: &[Arc<Buyer>],
    admin: &Refunder,
    limit: Duration,
) -> usize {
    let deadline = Instant::now() + limit;
    let mut settled = HashSet::new();
    loop {
        let ops = read();
        let (again, look) = (unknown(&ops), pending(&ops));
        if (again.is_empty() && look.is_empty()) || Instant::now() > deadline {
            return settled.len();
        }
        settled.extend(again.iter().map(|op| op.id));
        let buyer = |number: u32| buyers.iter().find(|buyer| buyer.number == number);
        let repeat = stream::iter(again).for_each_concurrent(AT_ONCE, |op| async move {
            repeat(&op, buyer(op.client), admin).await;
        });
        repeat.await;
        let looking = stream::iter(look).for_each_concurrent(AT_ONCE, |(number, order)| async move {
            if let Some(buyer) = buyer(number) {
                let _recorded = buyer.read(order).await;
            }
        });
        looking.await;
        // Orders need time to proceed; polling without a pause would only slow them down.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn repeat(op: &Op, buyer: Option<&Arc<Buyer>>, admin: &Refunder) {
    let _recorded = match (&op.kind, buyer) {
        (OpKind::Order { key, lines, card, .. }, Some(buyer)) => buyer.order(key, lines, *card).await,
        (OpKind::Cancel { order }, Some(buyer)) => buyer.cancel(*order).await,
        (OpKind::Refund { order, key, lines, restock }, _) => {
            let back = Back { lines: lines.as_deref(), restock: *restock };
            admin.refund(op.client, *order, key, back).await
        }
        _ => return,
    };
}
