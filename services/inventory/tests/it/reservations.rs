//! Reservations compared with a model. After any sequence of operations the stock equals that of
//! the model. The journal alone reproduces it (order-flow section 6, equations 1 to 3).

use std::{collections::BTreeMap, time::Duration};

use estore_contract::{
    OrderId, Sku,
    reservation::{ReservationStatus as Status, ReserveLine},
};
use estore_inventory::{
    Error,
    domain::Lines,
    store::{categories, reservations, stock},
};
use proptest::{
    prelude::Rng,
    test_runner::{RngAlgorithm, TestRng},
};
use uuid::Uuid;

use crate::store::{Store, body};

const SKUS: u32 = 4;
const STOCK: i64 = 12;

struct Kept {
    lines: BTreeMap<Sku, i64>,
    status: Status,
    returned: BTreeMap<Sku, i64>,
    /// True if its deadline was past from the start.
    past: bool,
}

#[derive(Default)]
struct Model {
    on_hand: BTreeMap<Sku, i64>,
    kept: BTreeMap<u128, Kept>,
}

impl Model {
    fn reserved(&self, sku: &Sku) -> i64 {
        let held = self.kept.values().filter(|kept| kept.status == Status::Held);
        held.filter_map(|kept| kept.lines.get(sku)).sum()
    }

    fn sell(&mut self, id: u128) {
        let kept = self.kept.get_mut(&id).unwrap();
        kept.status = Status::Confirmed;
        for (sku, units) in &kept.lines {
            *self.on_hand.get_mut(sku).unwrap() -= units;
        }
    }
}

fn sku(n: u32) -> Sku {
    format!("S{n}").parse().unwrap()
}

fn order(id: u128) -> OrderId {
    OrderId(Uuid::from_u128(id + 1))
}

/// Names the outcome of an operation in one word.
fn word<T>(outcome: &Result<T, Error>) -> &'static str {
    match outcome {
        Ok(_) => "ok",
        Err(Error::InsufficientStock(..)) => "short",
        Err(Error::ReservationClosed(_)) => "closed",
        Err(Error::ReservationUnknown) => "unknown",
        Err(Error::AlreadyConfirmed) => "confirmed",
        Err(other) => panic!("{other:?}"),
    }
}

async fn reserve(
    store: &Store,
    model: &mut Model,
    id: u128,
    past: bool,
) -> (String, &'static str, &'static str) {
    let status = model.kept.get(&id).map(|kept| kept.status);
    // The lines are a function of the id, so a repeat requests the same lines.
    let lines: Vec<(u32, u32)> = (0..=u32::try_from(id % 3).unwrap())
        .map(|n| ((u32::try_from(id).unwrap() + n) % SKUS, 1 + u32::try_from(id % 4).unwrap()))
        .collect();
    let asked: Vec<ReserveLine> = lines
        .iter()
        .map(|(n, units)| ReserveLine {
            sku: sku(*n),
            quantity: estore_contract::Quantity::new(*units).unwrap(),
        })
        .collect();
    let mut sums = BTreeMap::new();
    for (n, units) in lines {
        *sums.entry(sku(n)).or_insert(0) += i64::from(units);
    }
    let hold = if past { Duration::ZERO } else { Duration::from_mins(10) };
    let outcome = reservations::reserve(&store.redis, 0, order(id), &Lines::sum(&asked).unwrap(), hold).await;
    let expected = match status {
        Some(Status::Held | Status::Confirmed) => "ok",
        Some(_) => "closed",
        None if sums.iter().any(|(sku, units)| model.on_hand[sku] - model.reserved(sku) < *units) => "short",
        None => {
            model
                .kept
                .insert(id, Kept { lines: sums, status: Status::Held, returned: BTreeMap::new(), past });
            "ok"
        }
    };
    (format!("reserve {id}"), word(&outcome), expected)
}

/// Runs one operation on both. Returns the store's answer and the one that the model expects.
async fn step(
    store: &Store,
    model: &mut Model,
    random: &mut TestRng,
) -> (String, &'static str, &'static str) {
    let mut next = |below: u32| random.next_u32() % below;
    let (verb, id) = (next(10), u128::from(next(25)));
    let status = model.kept.get(&id).map(|kept| kept.status);
    match verb {
        0..=3 => reserve(store, model, id, next(5) == 0).await,
        4..=6 => {
            let outcome = reservations::confirm(&store.redis, 0, order(id)).await;
            let expected = match status {
                None => "unknown",
                Some(Status::Confirmed) => "ok",
                Some(Status::Held) if model.kept[&id].past => {
                    model.kept.get_mut(&id).unwrap().status = Status::Expired;
                    "closed"
                }
                Some(Status::Held) => {
                    model.sell(id);
                    "ok"
                }
                Some(_) => "closed",
            };
            (format!("confirm {id}"), word(&outcome), expected)
        }
        7 => {
            let outcome = reservations::release(&store.redis, 0, order(id)).await;
            let expected = if status == Some(Status::Confirmed) { "confirmed" } else { "ok" };
            if status == Some(Status::Held) {
                model.kept.get_mut(&id).unwrap().status = Status::Released;
            } else if status.is_none() {
                model.kept.insert(
                    id,
                    Kept {
                        lines: BTreeMap::new(),
                        status: Status::Released,
                        returned: BTreeMap::new(),
                        past: false,
                    },
                );
            }
            (format!("release {id}"), word(&outcome), expected)
        }
        8 => {
            let outcome = reservations::restock(&store.redis, 0, order(id), 0, None).await;
            let expected = match status {
                None => "unknown",
                Some(Status::Confirmed | Status::Returned) => "ok",
                Some(_) => "closed",
            };
            if status == Some(Status::Confirmed) {
                let kept = model.kept.get_mut(&id).unwrap();
                kept.status = Status::Returned;
                kept.returned = kept.lines.clone();
                for (sku, units) in &kept.lines {
                    *model.on_hand.get_mut(sku).unwrap() += units;
                }
            }
            (format!("return {id}"), word(&outcome), expected)
        }
        _ => {
            let swept = reservations::sweep(&store.redis, 100).await.unwrap();
            let past: Vec<&mut Kept> =
                model.kept.values_mut().filter(|kept| kept.status == Status::Held && kept.past).collect();
            assert_eq!(swept, past.len() as u64, "swept");
            for kept in past {
                kept.status = Status::Expired;
            }
            ("sweep".to_owned(), "ok", "ok")
        }
    }
}

#[tokio::test]
async fn stock_matches_the_model_after_any_operations() {
    let store = Store::start("model").await;
    categories::write(
        &store.redis,
        &"c".to_owned().try_into().unwrap(),
        &"C".to_owned().try_into().unwrap(),
        None,
    )
    .await
    .unwrap();
    let mut model = Model::default();
    for n in 0..SKUS {
        store.add(&sku(n), body("Thing", 100), u32::try_from(STOCK).unwrap()).await;
        model.on_hand.insert(sku(n), STOCK);
    }
    let seed = [7; 32];
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    for n in 0..1500 {
        let (what, said, expected) = step(&store, &mut model, &mut random).await;
        assert_eq!(said, expected, "step {n} (seed {seed:?}): {what}");
        for n in 0..SKUS {
            let found = stock::read(&store.redis, &sku(n)).await.unwrap();
            assert_eq!(
                (found.on_hand, found.reserved),
                (model.on_hand[&sku(n)], model.reserved(&sku(n))),
                "{what}: {}",
                sku(n)
            );
            assert!(0 <= found.reserved && found.reserved <= found.on_hand);
        }
        // Stop when every id is used up, because no further operation can change the stock.
        if model.kept.values().filter(|kept| kept.status != Status::Held).count() == 25 {
            break;
        }
    }
    replay(&store, &model).await;
}

/// Checks that the journal, read from its beginning, gives the stock.
async fn replay(store: &Store, model: &Model) {
    let (mut on_hand, mut reserved) = (BTreeMap::<Sku, i64>::new(), BTreeMap::<Sku, i64>::new());
    let mut after = None;
    loop {
        let entries = reservations::journal(&store.redis, after, 50).await.unwrap();
        let Some(last) = entries.last() else { break };
        after = Some(last.cursor.parse().unwrap());
        for entry in &entries {
            for (sku, units) in &entry.lines {
                let (hand, held) = match entry.kind.as_str() {
                    "received" | "adjusted" | "returned" => (*units, 0),
                    "held" => (0, *units),
                    "released" | "expired" => (0, -units),
                    "confirmed" => (-units, -units),
                    other => panic!("{other}"),
                };
                *on_hand.entry(sku.clone()).or_default() += hand;
                *reserved.entry(sku.clone()).or_default() += held;
            }
        }
    }
    assert_eq!(on_hand, model.on_hand);
    assert!(reserved.iter().all(|(sku, held)| *held == model.reserved(sku)));
}
