//! The block of the proof: each equation, the last audits, and what was counted.

use askama::Template;
use estore_contract::demo::Told;

use crate::{
    engine::{Measured, Run, Snapshot},
    pages::Frame,
    texts::engine::{self as words, numbers},
};

#[derive(Template)]
#[template(path = "engine/proof.html")]
pub(super) struct Block<'a> {
    page: &'a Frame,
    measured: Option<&'a Measured>,
    told: Option<&'a Told>,
    problem: Option<String>,
}

impl<'a> Block<'a> {
    pub(super) fn of(page: &'a Frame, snapshot: &'a Snapshot) -> Self {
        let name = page.t.engine.topology.prometheus;
        Self {
            page,
            measured: snapshot.measured.as_ref().ok(),
            told: snapshot.load.as_ref().ok().map(|load| &load.told),
            problem: snapshot.measured.as_ref().err().map(|error| words::tool(name, error, page.locale)),
        }
    }

    /// Returns the number, the words and the violations of each equation that was checked.
    fn equations(&self, measured: &'a Measured) -> Vec<(&'a str, &'a str, u64)> {
        let locale = self.page.locale;
        let row = |(label, violations): (&'a String, &u64)| {
            let (number, text) = words::equation(label, locale);
            (number, text, *violations)
        };
        measured.audit.violations.iter().map(row).collect()
    }

    fn checked(&self, measured: &'a Measured) -> Vec<(&'a str, u64)> {
        let name = |(what, count): (&'a String, &u64)| (words::kind_of_thing(what, self.page.locale), *count);
        measured.audit.checked.iter().map(name).collect()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn span(&self, seconds: &f64) -> String {
        numbers::span(*seconds, self.page.locale)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn ago(&self, seconds: &f64) -> String {
        words::ago(&self.span(seconds), self.page.locale)
    }

    /// Says how an audit ended, for its mark in the row.
    fn run(&self, run: &Run) -> String {
        let t = &self.page.t.engine.proof;
        let at = time::OffsetDateTime::from_unix_timestamp(run.at).ok();
        let at = at.map(|at| format!("{:02}:{:02}:{:02} UTC", at.hour(), at.minute(), at.second()));
        let result = if run.violations == 0 {
            t.clean.to_owned()
        } else {
            format!("{}: {}", t.violations, run.violations)
        };
        format!("{}: {result}", at.unwrap_or_default())
    }

    /// Returns what the shop has, as Prometheus counts it.
    fn counts(&self, measured: &Measured) -> Vec<(&'static str, String)> {
        let (t, locale) = (&self.page.t.engine.proof, self.page.locale);
        let number = |value: f64| numbers::decimal(value, 0, locale);
        let mut counts = Vec::new();
        counts.extend(measured.orders_placed.map(|value| (t.placed, number(value))));
        counts.extend(measured.orders_completed.map(|value| (t.completed, number(value))));
        for (currency, value) in &measured.revenue {
            counts.push((t.revenue, format!("{} {currency}", number(*value))));
        }
        counts.extend(measured.stock.get("available").map(|value| (t.available, number(*value))));
        counts.extend(measured.stock.get("reserved").map(|value| (t.reserved, number(*value))));
        counts
    }
}
