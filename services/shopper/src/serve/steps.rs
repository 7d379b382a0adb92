//! One step of a buyer, repeated with the same key until its outcome is known.

use std::time::Duration;

use estore_checker::history::{CardKind, Outcome, Seen};
use estore_contract::{
    OrderId, Sku,
    payment::{Order, OrderStatus},
};
use fastrand::Rng;
use tokio::time::{Instant, sleep};

use super::{App, visit};
use crate::{
    domain::Kind,
    load::{Back, Buyer, is_unauthorized},
};

/// The time for which an unknown outcome is asked for again. A shop that is away for longer does
/// not keep its buyers busy for ever.
const PATIENCE: Duration = Duration::from_mins(10);
/// The pause between two looks at an order in progress.
const LOOK: Duration = Duration::from_millis(500);
/// The tries to cancel an order that does not exist yet, and the pause between two.
const EARLY: (u32, Duration) = (20, Duration::from_millis(10));

struct Step<'a> {
    app: &'a App,
    buyer: &'a Buyer,
    key: String,
    dice: Rng,
}

/// Lets `buyer` take a step of this kind. An order has the key, and the generator makes all
/// choices.
pub(super) async fn take(app: &App, buyer: &Buyer, kind: Kind, (key, dice): (String, Rng)) {
    let mut step = Step { app, buyer, key, dice };
    match kind {
        Kind::Browse => visit::browse(app, buyer, &mut step.dice).await,
        Kind::Basket => visit::fill_basket(app, buyer, &mut step.dice).await,
        Kind::Order => drop(step.buy(CardKind::Good).await),
        Kind::Decline => drop(step.buy(CardKind::Declines).await),
        Kind::Cancel => step.change_its_mind().await,
        Kind::Refund => step.send_back().await,
    }
}

impl Step<'_> {
    /// Orders, and waits until the order is at rest. Returns it if it is not refused.
    async fn buy(&mut self, card: CardKind) -> Option<Order> {
        let lines = self.lines();
        if lines.is_empty() {
            return None;
        }
        self.buy_these(&lines, card).await
    }

    async fn buy_these(&self, lines: &[(Sku, u32)], card: CardKind) -> Option<Order> {
        match self.until_known(|| self.buyer.order(&self.key, lines, card)).await? {
            Outcome::Ok { seen: Seen::Order(order), .. } => {
                let order = self.at_rest(order).await;
                self.app.counts.order(Ok(&order));
                Some(order)
            }
            Outcome::Refused { code, .. } => {
                self.app.counts.order(Err(&code));
                None
            }
            _ => None,
        }
    }

    /// Orders, and cancels meanwhile: before, during or after the order.
    async fn change_its_mind(&mut self) {
        let lines = self.lines();
        if lines.is_empty() {
            return;
        }
        let order = OrderId::of(self.buyer.user, &self.key);
        let wait = Duration::from_millis(self.dice.u64(0..40));
        let cancelling = async {
            sleep(wait).await;
            self.cancel(order).await;
        };
        futures::future::join(self.buy_these(&lines, CardKind::Good), cancelling).await;
    }

    async fn cancel(&self, order: OrderId) {
        for _ in 0..EARLY.0 {
            match self.until_known(|| self.buyer.cancel(order)).await {
                Some(Outcome::Refused { status: 404, .. }) => sleep(EARLY.1).await,
                _ => return,
            }
        }
    }

    /// Orders, and gets a refund of some or all units.
    async fn send_back(&mut self) {
        let Some(order) = self.buy(CardKind::Good).await else { return };
        let Some(admin) = self.app.people.admin() else { return };
        if order.status != OrderStatus::Completed {
            return;
        }
        let first: Vec<(Sku, u32)> = order.items.iter().take(1).map(|line| (line.sku.clone(), 1)).collect();
        let lines = if self.dice.bool() { Some(first.as_slice()) } else { None };
        let back = Back { lines, restock: self.dice.u8(0..4) > 0 };
        let _recorded = self.until_known(|| admin.refund(self.buyer.number, order.id, &self.key, back)).await;
    }

    /// Chooses one to three products, and one to three units of each.
    fn lines(&mut self) -> Vec<(Sku, u32)> {
        let mut skus = self.app.people.shelf();
        self.dice.shuffle(&mut skus);
        let count = self.dice.usize(1..4);
        skus.into_iter().take(count).map(|sku| (sku, self.dice.u32(1..4))).collect()
    }

    /// Sends the same request until its outcome is known. `send` pauses after an unknown one. A
    /// request whose token was rejected each time has had no effect: nothing about it is unknown.
    async fn until_known<F: Future<Output = Outcome>>(&self, send: impl Fn() -> F) -> Option<Outcome> {
        let deadline = Instant::now() + PATIENCE;
        let (mut unknown, mut may_have_effect) = (None, false);
        while Instant::now() < deadline {
            let outcome = send().await;
            if !matches!(outcome, Outcome::Unknown { .. } | Outcome::Pending) {
                return Some(outcome);
            }
            unknown.get_or_insert_with(|| self.app.counts.unknown());
            may_have_effect |= !is_unauthorized(&outcome);
            if !may_have_effect && self.buyer.is_shut_out() {
                return None;
            }
        }
        if may_have_effect {
            self.app.told().unsettled += 1;
            tracing::warn!(key = self.key, "outcome is still unknown; the buyer goes on without it");
        }
        None
    }

    /// Reads an order in progress until it is at rest.
    async fn at_rest(&self, mut order: Order) -> Order {
        let deadline = Instant::now() + PATIENCE;
        let goes_on = || Instant::now() < deadline && !self.buyer.is_shut_out();
        while order.status == OrderStatus::Pending && goes_on() {
            sleep(LOOK).await;
            if let Outcome::Ok { seen: Seen::Order(seen), .. } = self.buyer.read(order.id).await {
                order = seen;
            }
        }
        order
    }
}
