//! The numbers that Prometheus has of the shop.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use time::OffsetDateTime;
use tokio::join;

use super::queries::Query;
use crate::api::demo::{Alert, Prometheus, Series, ToolError};

/// The time span of the line of orders, and of the row of audits, in seconds.
const LINE: i64 = 900;
const AUDITS: i64 = 1800;
/// The distance between two points, in seconds.
const STEP: i64 = 15;
/// The most audits in the row.
const RUNS: usize = 20;

/// The numbers of the shop. A number is missing if nothing has measured it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Measured {
    /// The numbers of each service, by its name.
    pub(crate) services: BTreeMap<String, Standing>,
    pub(crate) calls: Vec<Call>,
    /// True for each store that all of its services reach.
    pub(crate) stores: BTreeMap<&'static str, bool>,
    pub(crate) orders_per_minute: Option<f64>,
    pub(crate) orders_open: Option<f64>,
    pub(crate) oldest_order: Option<f64>,
    pub(crate) orders_placed: Option<f64>,
    pub(crate) orders_completed: Option<f64>,
    /// The captured money of a day by currency, in units such as dollars.
    pub(crate) revenue: Vec<(String, f64)>,
    /// The units of stock by state.
    pub(crate) stock: BTreeMap<String, f64>,
    /// The orders a minute of the last quarter of an hour, with their Unix times.
    pub(crate) line: Vec<(f64, f64)>,
    pub(crate) audit: Audit,
    /// `None` if they cannot be read.
    pub(crate) alerts: Option<Vec<Alert>>,
}

/// The numbers of a service.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Standing {
    pub(crate) instances: Option<f64>,
    pub(crate) versions: Vec<String>,
    pub(crate) requests: Option<f64>,
    pub(crate) errors: Option<f64>,
    pub(crate) slowest: Option<f64>,
}

/// The calls of one part to another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Calls a second.
    pub(crate) rate: f64,
    /// The share without an answer. Nothing measures it for stores.
    pub(crate) unanswered: Option<f64>,
}

/// The result of the audits.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Audit {
    /// The violations of each equation, by its label.
    pub(crate) violations: BTreeMap<String, u64>,
    /// The number of things that were compared, by kind.
    pub(crate) checked: BTreeMap<String, u64>,
    /// The time since the last one ended, in seconds.
    pub(crate) age: Option<f64>,
    pub(crate) seconds: Option<f64>,
    /// The last ones, oldest first.
    pub(crate) runs: Vec<Run>,
}

/// An audit that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// The Unix time of its end.
    pub(crate) at: i64,
    pub(crate) violations: u64,
}

impl Measured {
    /// Makes all queries at once. Without any answer, Prometheus is away.
    pub(super) async fn read(prometheus: &Prometheus, now: OffsetDateTime) -> Result<Self, ToolError> {
        let to = now.unix_timestamp().div_euclid(STEP) * STEP;
        let one = async |query: Query| (query, prometheus.now(query.text()).await);
        let over = |query: Query, span| prometheus.over(query.text(), (to - span, to), STEP);
        let (answers, line, ages, violations, alerts) = join!(
            join_all(Query::ALL.map(one)),
            over(Query::OrdersPerMinute, LINE),
            over(Query::AuditAge, AUDITS),
            over(Query::Violations, AUDITS),
            prometheus.alerts(),
        );
        let (mut found, mut wrong) = (BTreeMap::new(), None);
        for (query, answer) in answers {
            match answer {
                Ok(series) => {
                    found.insert(query, series);
                }
                Err(error) => wrong = Some(error),
            }
        }
        if let (Some(error), true) = (wrong, found.is_empty()) {
            return Err(error);
        }
        let mut measured = Self::of(&Answers(found));
        // A row or a line that cannot be read is not drawn.
        measured.line =
            line.ok().and_then(|mut lines| lines.pop()).map(|line| line.points).unwrap_or_default();
        measured.audit.runs = runs(&ages.unwrap_or_default(), &violations.unwrap_or_default());
        measured.alerts = alerts.ok();
        Ok(measured)
    }

    fn of(found: &Answers) -> Self {
        let mut stores = BTreeMap::new();
        for (store, query) in [("redis", Query::Redis), ("postgres", Query::Postgres)] {
            let states: Vec<f64> = found.of(query).filter_map(Series::value).collect();
            if !states.is_empty() {
                stores.insert(store, states.iter().all(|state| *state > 0.5));
            }
        }
        Self {
            services: found.services(),
            calls: found.calls(),
            stores,
            orders_per_minute: found.one(Query::OrdersPerMinute),
            orders_open: found.one(Query::OrdersOpen),
            oldest_order: found.one(Query::OldestOrder),
            orders_placed: found.one(Query::OrdersPlaced),
            orders_completed: found.one(Query::OrdersCompleted),
            revenue: found.by(Query::Revenue, "currency").into_iter().collect(),
            stock: found.by(Query::Stock, "state"),
            line: Vec::new(),
            audit: Audit {
                violations: found.counts(Query::Violations, "equation"),
                checked: found.counts(Query::Checked, "what"),
                age: found.one(Query::AuditAge),
                seconds: found.one(Query::AuditSeconds),
                runs: Vec::new(),
            },
            alerts: None,
        }
    }
}

/// The results of the queries.
#[derive(Default)]
struct Answers(BTreeMap<Query, Vec<Series>>);

impl Answers {
    fn of(&self, query: Query) -> impl Iterator<Item = &Series> {
        self.0.get(&query).into_iter().flatten()
    }

    fn one(&self, query: Query) -> Option<f64> {
        self.of(query).find_map(Series::value)
    }

    fn by(&self, query: Query, label: &str) -> BTreeMap<String, f64> {
        self.of(query).filter_map(|series| Some((series.label(label).to_owned(), series.value()?))).collect()
    }

    fn counts(&self, query: Query, label: &str) -> BTreeMap<String, u64> {
        self.by(query, label).into_iter().filter_map(|(name, value)| Some((name, count(value)?))).collect()
    }

    fn services(&self) -> BTreeMap<String, Standing> {
        let by = |query| self.by(query, "service");
        let (instances, requests) = (by(Query::Instances), by(Query::Requests));
        let (errors, slowest) = (by(Query::Errors), by(Query::Slowest));
        let mut versions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for series in self.of(Query::Versions) {
            versions.entry(series.label("service")).or_default().push(series.label("version").to_owned());
        }
        let names: BTreeSet<&String> = instances.keys().chain(requests.keys()).collect();
        let standing = |name: &str| Standing {
            instances: instances.get(name).copied(),
            versions: versions.get(name).cloned().unwrap_or_default(),
            requests: requests.get(name).copied(),
            errors: errors.get(name).copied(),
            slowest: slowest.get(name).copied(),
        };
        names.into_iter().map(|name| (name.clone(), standing(name))).collect()
    }

    fn calls(&self) -> Vec<Call> {
        let pair = |series: &Series| (series.label("service").to_owned(), series.label("peer").to_owned());
        let unanswered: BTreeMap<_, _> =
            self.of(Query::Unanswered).filter_map(|series| Some((pair(series), series.value()?))).collect();
        let mut calls = Vec::new();
        for series in self.of(Query::Calls) {
            let (from, to) = pair(series);
            let unanswered = unanswered.get(&(from.clone(), to.clone())).copied();
            calls.extend(series.value().map(|rate| Call { from, to, rate, unanswered }));
        }
        for (store, query) in [("redis", Query::RedisCalls), ("postgres", Query::PostgresCalls)] {
            let of_store = self.by(query, "service").into_iter();
            calls.extend(of_store.map(|(from, rate)| Call {
                from,
                to: store.to_owned(),
                rate,
                unanswered: None,
            }));
        }
        calls.retain(|call| call.rate > 0.0);
        calls.sort_by(|one, other| (&one.from, &one.to).cmp(&(&other.from, &other.to)));
        calls
    }
}

/// Returns a count that Prometheus has as a fraction.
fn count(value: f64) -> Option<u64> {
    format!("{value:.0}").parse().ok()
}

/// Finds the audits that ended in a time, oldest first. The age of the last audit tells when it
/// ended, and the violations at the same moment are its result.
fn runs(ages: &[Series], violations: &[Series]) -> Vec<Run> {
    let mut ended: BTreeMap<i64, u64> = BTreeMap::new();
    for (at, age) in ages.iter().flat_map(|series| &series.points) {
        let same = |point: &&(f64, f64)| (point.0 - at).abs() < 0.5;
        let found = violations.iter().filter_map(|series| series.points.iter().find(same));
        // The sum of nothing is -0.0, which is no count.
        let sum = found.fold(0.0, |sum, (_, value)| sum + value);
        let end = format!("{:.0}", at - age).parse();
        if let (Ok(end), Some(sum)) = (end, count(sum)) {
            // The clocks of the machine and of Redis differ by less than this.
            let known = ended.range(end - 2..=end + 2).next().map(|(known, _)| *known);
            ended.insert(known.unwrap_or(end), sum);
        }
    }
    let runs: Vec<Run> = ended.into_iter().map(|(at, violations)| Run { at, violations }).collect();
    runs.get(runs.len().saturating_sub(RUNS)..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::demo::series;

    /// A query, the labels of a series, and its value.
    type Answered<'a> = (Query, &'a [(&'a str, &'a str)], f64);

    fn answers(rows: &[Answered<'_>]) -> Answers {
        let mut answers = Answers::default();
        for (query, labels, value) in rows {
            answers.0.entry(*query).or_default().push(series(labels, &[(1.0, *value)]));
        }
        answers
    }

    #[test]
    fn service_has_its_numbers_and_calls() {
        let payment = [("service", "payment")];
        let found = Measured::of(&answers(&[
            (Query::Instances, &payment, 2.0),
            (Query::Versions, &[("service", "payment"), ("version", "1.0")], 1.0),
            (Query::Versions, &[("service", "payment"), ("version", "1.1")], 1.0),
            (Query::Requests, &payment, 12.5),
            (Query::Calls, &[("service", "payment"), ("peer", "user")], 0.0),
            (Query::Calls, &[("service", "payment"), ("peer", "inventory")], 3.0),
            (Query::Unanswered, &[("service", "payment"), ("peer", "inventory")], 0.5),
            (Query::RedisCalls, &payment, 40.0),
            (Query::Redis, &[("service", "payment")], 1.0),
            (Query::Redis, &[("service", "inventory")], 0.0),
            (Query::Checked, &[("what", "orders")], 1234.0),
        ]));
        let standing = &found.services["payment"];
        assert_eq!((standing.instances, standing.requests, standing.errors), (Some(2.0), Some(12.5), None));
        assert_eq!(standing.versions, ["1.0", "1.1"]);
        let calls: Vec<_> = found.calls.iter().map(|call| (call.to.as_str(), call.unanswered)).collect();
        assert_eq!(calls, [("inventory", Some(0.5)), ("redis", None)]);
        assert_eq!((found.stores.get("redis"), found.stores.get("postgres")), (Some(&false), None));
        assert_eq!(found.audit.checked["orders"], 1234);
    }

    #[test]
    fn audit_runs_are_told_apart_by_their_end() {
        let ages = [series(&[], &[(100.0, 10.0), (115.0, 25.0), (130.0, 5.0), (145.0, 20.2), (160.0, 1.0)])];
        let violations = [
            series(&[("equation", "01_stock")], &[(100.0, 0.0), (115.0, 0.0), (130.0, 2.0), (145.0, 2.0)]),
            series(&[("equation", "05_money")], &[(130.0, 1.0), (145.0, 1.0), (160.0, 0.0)]),
        ];
        let found: Vec<_> = runs(&ages, &violations).iter().map(|run| (run.at, run.violations)).collect();
        assert_eq!(found, [(90, 0), (125, 3), (159, 0)]);
        assert_eq!(runs(&[], &violations), []);
        let many: Vec<(f64, f64)> = (0..120_u32).map(|at| (f64::from(at) * 60.0, 0.0)).collect();
        assert_eq!(runs(&[series(&[], &many)], &[]).len(), RUNS);
    }
}
