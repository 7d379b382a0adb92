//! The block of the latest orders, step by step.

use askama::Template;
use estore_contract::{activity::OrderActivity, payment::OrderStep};

use crate::{
    api::demo::ToolError,
    engine::{Links, Snapshot},
    pages::Frame,
    texts::{self, engine::numbers},
};

/// The most orders that are shown.
const MOST: usize = 16;

#[derive(Template)]
#[template(path = "engine/orders.html")]
pub(super) struct Block<'a> {
    page: &'a Frame,
    snapshot: &'a Snapshot,
    links: &'a Links,
    /// Says why there is nothing to show.
    problem: Option<&'static str>,
    orders: &'a [OrderActivity],
}

/// A step of an order, and the time that passed before it.
struct Step {
    name: &'static str,
    after: String,
}

impl<'a> Block<'a> {
    pub(super) fn of(page: &'a Frame, snapshot: &'a Snapshot, links: &'a Links) -> Self {
        let t = &page.t.engine.frame;
        let (orders, problem): (&[OrderActivity], _) = match &snapshot.orders {
            Ok(orders) if orders.is_empty() => (&[], Some(t.no_orders)),
            Ok(orders) => (orders.get(..MOST).unwrap_or(orders), None),
            Err(ToolError::NotRunning) => (&[], Some(t.not_shown)),
            Err(_away) => (&[], Some(t.orders_away)),
        };
        Self { page, snapshot, links, problem, orders }
    }

    fn status(&self, order: &OrderActivity) -> &'static str {
        texts::order_status(order.status, self.page.locale)
    }

    fn steps(&self, order: &OrderActivity) -> Vec<Step> {
        let befores = [None].into_iter().chain(order.timeline.iter().map(|entry| Some(entry.at)));
        let step =
            |(entry, before): (&estore_contract::payment::TimelineEntry, Option<time::OffsetDateTime>)| {
                let after = before.map(|before| (entry.at - before).as_seconds_f64().max(0.0));
                Step {
                    name: self.name(entry.state),
                    after: after.map(|after| numbers::span(after, self.page.locale)).unwrap_or_default(),
                }
            };
        order.timeline.iter().zip(befores).map(step).collect()
    }

    fn name(&self, step: OrderStep) -> &'static str {
        let [name, _means] = texts::order_step(step, self.page.locale);
        name
    }

    /// Says how long ago the order began.
    fn ago(&self, order: &OrderActivity) -> String {
        let began = order.timeline.first().map_or(self.snapshot.at, |entry| entry.at);
        let age = (self.snapshot.at - began).as_seconds_f64().max(0.0);
        texts::engine::ago(&numbers::span(age, self.page.locale), self.page.locale)
    }

    fn trace(&self, order: &OrderActivity) -> Option<String> {
        order.trace_id.as_deref().and_then(|id| self.links.trace(id))
    }
}
