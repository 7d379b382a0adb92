//! The block of the parts: their health and numbers, their calls, the orders a minute, the alerts.

use askama::Template;

use crate::{
    api::demo::{Alert, Ready},
    engine::{Call, Map, Measured, Node, Plot, Snapshot, Standing},
    pages::Frame,
    texts::engine::{self as words, numbers},
};

/// The services and the stores, in the order of the table.
static SERVICES: [&str; 5] = ["storefront", "user", "verification", "inventory", "payment"];
static STORES: [&str; 2] = ["redis", "postgres"];

#[derive(Template)]
#[template(path = "engine/topology.html")]
pub(super) struct Block<'a> {
    page: &'a Frame,
    rows: Vec<Row<'a>>,
    measured: Option<&'a Measured>,
    map: Option<Map>,
    plot: Option<Plot>,
    problem: Option<String>,
}

/// A row of the table.
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    health: String,
    /// The name of the style.
    tone: &'static str,
    /// Replicas, version, requests, errors and duration.
    numbers: [String; 5],
}

impl Row<'_> {
    /// Says in the map how many replicas a part has, and how many requests it gets.
    fn note(&self) -> String {
        let [replicas, _, requests, ..] = &self.numbers;
        match (replicas.as_str(), requests.as_str()) {
            ("–", _) => String::new(),
            (replicas, "–") => format!("{replicas}×"),
            (replicas, requests) => format!("{replicas}× · {requests}/s"),
        }
    }
}

impl<'a> Block<'a> {
    pub(super) fn of(page: &'a Frame, snapshot: &'a Snapshot) -> Self {
        let measured = snapshot.measured.as_ref().ok();
        let services = SERVICES.iter().map(|id| service(page, snapshot, id));
        // The demonstration's own components are measured, but nobody asks them.
        let known = measured.into_iter().flat_map(|measured| measured.services.keys());
        let others = known.filter(|name| !SERVICES.contains(&name.as_str()));
        let others = others.map(|id| service(page, snapshot, id));
        let rows = services.chain(others).chain(STORES.iter().map(|id| store(page, measured, id)));
        let faults = snapshot.faults.as_ref().map_or(&[][..], |faults| &faults.events);
        let now = (snapshot.at - time::OffsetDateTime::UNIX_EPOCH).as_seconds_f64();
        let name = page.t.engine.topology.prometheus;
        Self {
            rows: rows.collect(),
            map: measured.filter(|measured| !measured.calls.is_empty()).map(Map::of),
            plot: measured.and_then(|measured| Plot::of(&measured.line, faults, now)),
            problem: snapshot.measured.as_ref().err().map(|error| words::tool(name, error, page.locale)),
            measured,
            page,
        }
    }

    fn figures(&self, measured: &Measured) -> [(&'static str, String); 3] {
        let (t, locale) = (&self.page.t.engine.topology, self.page.locale);
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        [
            (t.per_minute, or_none(measured.orders_per_minute.map(|value| numbers::rate(value, locale)))),
            (t.open, or_none(measured.orders_open.map(|value| numbers::decimal(value, 0, locale)))),
            (t.oldest, or_none(measured.oldest_order.map(|value| numbers::span(value, locale)))),
        ]
    }

    /// Returns the row of a part of the map.
    fn row(&self, node: &Node) -> Option<&Row<'a>> {
        self.rows.iter().find(|row| row.id == node.id)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn rate(&self, value: &f64) -> String {
        numbers::rate(*value, self.page.locale)
    }

    fn unanswered(&self, call: &Call) -> String {
        call.unanswered.map_or_else(|| "–".to_owned(), |share| numbers::share(share, self.page.locale))
    }

    fn alert(&self, alert: &Alert) -> &'static str {
        let t = &self.page.t.engine.topology;
        if alert.is_firing() { t.fires } else { t.pending }
    }
}

fn service<'a>(page: &Frame, snapshot: &'a Snapshot, id: &'a str) -> Row<'a> {
    let t = &page.t.engine.topology;
    let standing = snapshot.measured.as_ref().ok().and_then(|measured| measured.services.get(id));
    let (health, tone) = match snapshot.ready(id) {
        Some(ready @ Ready::Up) => (words::ready(ready, page.locale), "up"),
        Some(ready) => (words::ready(ready, page.locale), "down"),
        None => match standing.and_then(|standing| standing.instances) {
            Some(instances) if instances > 0.5 => (t.up.to_owned(), "up"),
            Some(_none) => (t.away.to_owned(), "down"),
            None => (t.unknown.to_owned(), "unknown"),
        },
    };
    Row { id, name: words::part(id), health, tone, numbers: values(page, standing) }
}

fn store<'a>(page: &Frame, measured: Option<&Measured>, id: &'a str) -> Row<'a> {
    let t = &page.t.engine.topology;
    let (health, tone) = match measured.and_then(|measured| measured.stores.get(id)) {
        Some(true) => (t.up, "up"),
        Some(false) => (t.unreached, "down"),
        None => (t.unknown, "unknown"),
    };
    Row { id, name: words::part(id), health: health.to_owned(), tone, numbers: values(page, None) }
}

fn values(page: &Frame, standing: Option<&Standing>) -> [String; 5] {
    let locale = page.locale;
    let none = || "–".to_owned();
    let Some(standing) = standing else { return [none(), none(), none(), none(), none()] };
    let Standing { instances, versions, requests, errors, slowest } = standing;
    [
        instances.map_or_else(none, |value| numbers::decimal(value, 0, locale)),
        if versions.is_empty() { none() } else { versions.join(", ") },
        requests.map_or_else(none, |value| numbers::rate(value, locale)),
        errors.map_or_else(none, |value| numbers::share(value, locale)),
        slowest.map_or_else(none, |value| numbers::span(value, locale)),
    ]
}
