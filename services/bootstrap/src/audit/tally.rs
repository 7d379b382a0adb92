//! The findings that count, and the numbers of what was looked at.

use std::collections::{BTreeMap, BTreeSet};

use estore_checker::{EQUATIONS, Violation};
use estore_contract::audit::{AuditedEquation, Checked, Offender};

use super::{doubts::Doubt, ledgers::Collected};

/// The number of offenders that a report names for an equation.
const NAMED: usize = 1000;
/// The number of remarks of one kind.
const REMARKS: usize = 20;

/// The state of an audit.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) checked: Checked,
    /// The number of ready-made views.
    pub(super) views: u64,
    /// The number of closed accounts.
    pub(super) closed: u64,
    /// Findings about users that must be there a second time.
    pub(super) doubts: BTreeSet<Doubt>,
    /// Entries of ledgers that belong to no listed order.
    pub(super) collected: Collected,
    /// The number of orders that were read again.
    pub(super) read_again: u64,
    pub(super) remarks: Vec<String>,
    alarms: u64,
    found: BTreeMap<u8, Found>,
}

#[derive(Default)]
struct Found {
    count: u64,
    offenders: BTreeSet<Offender>,
}

impl Tally {
    /// Counts a violation.
    pub(super) fn add(&mut self, equation: u8, subject: &str, what: &str) {
        let found = self.found.entry(equation).or_default();
        let offender = Offender { subject: subject.to_owned(), what: what.to_owned() };
        // A scan may return a name twice.
        if found.offenders.contains(&offender) {
            return;
        }
        found.count += 1;
        if found.offenders.len() < NAMED {
            found.offenders.insert(offender);
        }
    }

    pub(super) fn add_all(&mut self, violations: &[Violation]) {
        for Violation { equation, subject, what, .. } in violations {
            self.add(*equation, subject, what);
        }
    }

    pub(super) fn doubt_list(&mut self, user: &str, member: &str) {
        let (user, member) = (user.to_owned(), member.to_owned());
        self.doubts.insert(Doubt::List { user, member, open: false });
    }

    /// Notes an event that is allowed and should never happen.
    pub(super) fn alarm(&mut self, what: String) {
        self.alarms += 1;
        if self.remarks.len() < REMARKS {
            self.remarks.push(what);
        }
    }

    /// Returns the result for each equation that an audit checks.
    pub(super) fn equations(&mut self) -> Vec<AuditedEquation> {
        let Checked { orders, reservations, journal, products, .. } = self.checked;
        let result = |equation: &estore_checker::Equation| {
            let (checked, of) = match equation.number {
                1 | 2 => (products, "products"),
                3 => (journal, "movements"),
                4 => (reservations, "reservations"),
                8 => (self.views, "views"),
                14 => (self.closed, "closed accounts"),
                _ => (orders, "orders"),
            };
            let found = self.found.remove(&equation.number).unwrap_or_default();
            AuditedEquation {
                equation: equation.label.to_owned(),
                title: equation.title.to_owned(),
                checked,
                of: of.to_owned(),
                violations: found.count,
                offenders: found.offenders.into_iter().collect(),
            }
        };
        EQUATIONS.iter().filter(|equation| equation.in_stores).map(result).collect()
    }

    /// Adds a line about alarms that are not among the remarks.
    pub(super) fn close(&mut self) {
        let named = u64::try_from(self.remarks.len()).unwrap_or(u64::MAX);
        if self.alarms > named {
            self.remarks.push(format!("and {} more events of that kind", self.alarms - named));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offenders_beyond_the_named_are_counted() {
        let mut tally = Tally::default();
        for n in 0..1005 {
            tally.add(5, &n.to_string(), "it is wrong");
        }
        tally.add(5, "3", "it is wrong");
        let equations = tally.equations();
        let of = |label: &str| equations.iter().find(|equation| equation.equation == label).unwrap();
        let money = of("05_money_matches_state");
        assert_eq!((money.violations, money.offenders.len()), (1005, 1000));
        assert_eq!(of("01_stock_bounds").violations, 0);
        let labels: Vec<&str> = equations.iter().map(|equation| equation.equation.as_str()).collect();
        assert_eq!(labels, estore_contract::audit::EQUATIONS);
    }
}
