//! The findings that count, and the numbers of what was looked at.

use std::collections::{BTreeMap, BTreeSet};

use estore_checker::{EQUATIONS, Violation};
use estore_contract::audit::{AuditedEquation, Checked, Offender};

use super::{doubts::Doubt, ledgers::Collected};

/// The number of offenders that a report names for an equation.
const NAMED: usize = 1000;
/// The number of remarks of one kind.
const REMARKS: usize = 20;
/// The number of findings about users and lists that are looked at twice.
const DOUBTS: usize = 2000;
/// The most characters of a contradiction.
const LONGEST: usize = 1000;

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
    /// The number of those that there were too many of.
    unseen: u64,
    /// Entries of ledgers that belong to no listed order.
    pub(super) collected: Collected,
    /// The number of orders that were read again.
    pub(super) read_again: u64,
    pub(super) remarks: Vec<String>,
    /// Events that are allowed and should never happen: the first ones, and the number of all.
    alarms: (Vec<String>, usize),
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
        let offender = Offender { subject: subject.to_owned(), what: cut(what, LONGEST) };
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

    /// Adds the violations that another tally counted.
    pub(super) fn take_findings(&mut self, other: Self) {
        for (equation, Found { count, offenders }) in other.found {
            let found = self.found.entry(equation).or_default();
            found.count += count;
            found.offenders.extend(offenders);
            while found.offenders.len() > NAMED {
                found.offenders.pop_last();
            }
        }
    }

    /// Notes a finding about a user, if there are not too many.
    pub(super) fn doubt(&mut self, doubt: Doubt) {
        if self.doubts.len() < DOUBTS {
            self.doubts.insert(doubt);
        } else if !self.doubts.contains(&doubt) {
            self.unseen += 1;
        }
    }

    pub(super) fn doubt_list(&mut self, user: &str, member: &str) {
        let (user, member) = (user.to_owned(), member.to_owned());
        self.doubt(Doubt::List { user, member, open: false });
    }

    /// Notes an event that is allowed and should never happen.
    pub(super) fn alarm(&mut self, what: &str) {
        let (named, count) = &mut self.alarms;
        *count += 1;
        if named.len() < REMARKS {
            named.push(cut(what, LONGEST));
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

    /// Adds the remarks about alarms, and about findings that were not looked at.
    pub(super) fn close(&mut self) {
        if self.unseen > 0 {
            let unseen = self.unseen;
            self.remarks.push(format!(
                "more than {DOUBTS} findings about users or lists; the others (about {unseen}) were not looked at"
            ));
        }
        let (named, count) = std::mem::take(&mut self.alarms);
        let more = count - named.len();
        self.remarks.extend(named);
        if more > 0 {
            self.remarks.push(format!("and {more} more events of that kind"));
        }
    }
}

/// Returns a text, cut to so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
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

    #[test]
    fn findings_about_users_are_bounded() {
        let mut tally = Tally::default();
        for _ in 0..2 {
            (0..2010).for_each(|n| tally.doubt_list("a user", &format!("{n:04}")));
        }
        assert_eq!(tally.doubts.len(), 2000);
        tally.close();
        assert!(tally.remarks[0].contains("(about 20)"), "{:?}", tally.remarks);
    }

    #[test]
    fn alarms_beyond_the_named_are_counted() {
        let mut tally = Tally::default();
        tally.remarks.push("a remark of another kind".to_owned());
        (0..25).for_each(|n| tally.alarm(&n.to_string()));
        tally.close();
        assert_eq!(tally.remarks.len(), 22);
        assert_eq!(tally.remarks[21], "and 5 more events of that kind");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("äöü", 2), "äö…");
        assert_eq!(cut("äöü", 3), "äöü");
    }
}
