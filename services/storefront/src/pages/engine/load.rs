//! The block of load: what the shopper has done so far.

use askama::Template;
use estore_contract::demo::LoadState;

use crate::{engine::Snapshot, pages::Frame, texts::engine as words};

#[derive(Template)]
#[template(path = "engine/load.html")]
pub(super) struct Block<'a> {
    page: &'a Frame,
    /// Says why there is nothing to show.
    problem: Option<String>,
    load: Option<&'a LoadState>,
}

impl<'a> Block<'a> {
    pub(super) fn of(page: &'a Frame, snapshot: &'a Snapshot) -> Self {
        let name = page.t.engine.load.name;
        let problem = snapshot.load.as_ref().err().map(|error| words::tool(name, error, page.locale));
        Self { page, problem, load: snapshot.load.as_ref().ok() }
    }

    fn status(&self, load: &LoadState) -> &'static str {
        let t = &self.page.t.engine.load;
        match (load.ready, load.orders_per_minute) {
            (_, 0) => t.rests,
            (false, _) => t.waits,
            (true, _) => t.runs,
        }
    }

    fn counts(&self, load: &LoadState) -> [(&'static str, u64); 9] {
        let (t, counts) = (&self.page.t.engine.load, load.counts);
        [
            (t.wanted, u64::from(load.orders_per_minute)),
            (t.orders, counts.orders),
            (t.completed, counts.completed),
            (t.declined, counts.declined),
            (t.cancelled, counts.cancelled),
            (t.refused, counts.refused),
            (t.refunds, counts.refunds),
            (t.unknown, counts.unknown),
            (t.requests, counts.requests),
        ]
    }
}
