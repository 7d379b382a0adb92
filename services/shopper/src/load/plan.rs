//! The next step of a buyer, chosen by the seed.

use std::sync::Arc;

use estore_checker::history::{CardKind, Outcome, Seen};
use estore_contract::{OrderId, Sku, payment::OrderStatus};
use fastrand::Rng;

use super::{Back, Buyer, Refunder};

/// The SKUs for sale.
#[derive(Clone)]
pub struct Shelf {
    /// SKUs with more than enough stock.
    pub broad: Vec<Sku>,
    /// A SKU with less stock than demand. Buyers neither cancel nor refund it, so that all units
    /// are sold and stay sold.
    pub hot: Option<Sku>,
}

/// The number of immediate tries after an unknown outcome.
const TRIES: u32 = 4;

/// A buyer in a load, with a random number generator.
pub(super) struct Shopper {
    pub(super) buyer: Arc<Buyer>,
    pub(super) admin: Arc<Refunder>,
    pub(super) shelf: Shelf,
    pub(super) dice: Rng,
    /// Distinguishes the keys of this run from those of others.
    pub(super) run: u64,
    pub(super) count: u64,
    pub(super) completed: Vec<(OrderId, Vec<(Sku, u32)>)>,
}

/// Returns a shopper for each of `buyers`, each with a generator seeded by `seed`. `run`
/// distinguishes the keys of this load from those of others.
pub(super) fn shoppers(
    buyers: &[Arc<Buyer>],
    admin: &Arc<Refunder>,
    shelf: &Shelf,
    run: u64,
    seed: u64,
) -> Vec<Shopper> {
    let shopper = |buyer: &Arc<Buyer>| Shopper {
        buyer: buyer.clone(),
        admin: admin.clone(),
        shelf: shelf.clone(),
        dice: Rng::with_seed(seed ^ (u64::from(buyer.number) << 32) ^ run),
        run,
        count: 0,
        completed: Vec::new(),
    };
    buyers.iter().map(shopper).collect()
}

impl Shopper {
    pub(super) async fn step(&mut self) {
        self.count += 1;
        let key = format!("r{}-{}", self.run, self.count);
        let lines = self.lines();
        let card = if self.dice.u8(0..100) < 8 { CardKind::Declines } else { CardKind::Good };
        match self.dice.u8(0..100) {
            0..60 => self.buy(&key, lines, card).await,
            60..68 if self.shelf.hot.is_some() => self.buy_hot(&key).await,
            60..76 => self.change_my_mind(&key, &lines).await,
            76..84 => self.send_back(&key).await,
            84..90 => self.look().await,
            _ => {
                // Imitates a client that does not know if its first request arrived.
                let order = || self.buyer.order(&key, &lines, card);
                let (first, _second) = futures::future::join(order(), order()).await;
                self.remember(&first, lines);
            }
        }
    }

    fn lines(&mut self) -> Vec<(Sku, u32)> {
        let mut skus = self.shelf.broad.clone();
        self.dice.shuffle(&mut skus);
        let count = self.dice.usize(1..4);
        skus.into_iter().take(count).map(|sku| (sku, self.dice.u32(1..4))).collect()
    }

    /// Sends an order until its outcome is known.
    async fn buy(&mut self, key: &str, lines: Vec<(Sku, u32)>, card: CardKind) {
        for _ in 0..TRIES {
            let outcome = self.buyer.order(key, &lines, card).await;
            self.remember(&outcome, lines.clone());
            if !matches!(outcome, Outcome::Unknown { .. }) {
                return;
            }
        }
    }

    async fn buy_hot(&mut self, key: &str) {
        let Some(hot) = self.shelf.hot.clone() else { return };
        let _recorded = self.buyer.order(key, &[(hot, 1)], CardKind::Good).await;
    }

    /// Sends an order, and cancels it at once.
    async fn change_my_mind(&mut self, key: &str, lines: &[(Sku, u32)]) {
        let order = OrderId::of(self.buyer.user, key);
        let ordering = self.buyer.order(key, lines, CardKind::Good);
        let cancelling = async {
            // A cancel may come too early, at any stage, or too late.
            for _ in 0..self.dice.u8(1..5) {
                let outcome = self.buyer.cancel(order).await;
                if !matches!(&outcome, Outcome::Refused { status: 404, .. }) {
                    return;
                }
            }
        };
        let _recorded = futures::future::join(ordering, cancelling).await;
    }

    /// Refunds some or all units of a completed order.
    async fn send_back(&mut self, key: &str) {
        if self.completed.is_empty() {
            return;
        }
        let at = self.dice.usize(0..self.completed.len());
        let Some((order, lines)) = self.completed.get(at).cloned() else { return };
        let some: Vec<(Sku, u32)> = lines.into_iter().take(1).map(|(sku, _)| (sku, 1)).collect();
        let lines = if self.dice.bool() { Some(some.as_slice()) } else { None };
        let back = Back { lines, restock: self.dice.bool() };
        for _ in 0..TRIES {
            let outcome = self.admin.refund(self.buyer.number, order, key, back).await;
            if !matches!(outcome, Outcome::Unknown { .. }) {
                return;
            }
        }
    }

    async fn look(&mut self) {
        if let Some((order, _)) = self.completed.last() {
            let _recorded = self.buyer.read(*order).await;
        }
    }

    fn remember(&mut self, outcome: &Outcome, lines: Vec<(Sku, u32)>) {
        if let Outcome::Ok { seen: Seen::Order(order), .. } = outcome
            && order.status == OrderStatus::Completed
        {
            self.completed.push((order.id, lines));
        }
    }
}
