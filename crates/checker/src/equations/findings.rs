//! The findings of the checker, and its options.

use std::fmt;

use estore_contract::Sku;

use super::case::Case;

/// The state of the shop at the moment of the snapshot, which decides the equations that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In progress: the equations that hold at every moment. These are 1, 2, 3, 9, 11, the ledger's
    /// part of 5, the views of 8, and the closed accounts of 14. Each database must have been read
    /// at once.
    Always,
    /// Faults are off and 180 s have passed: all equations hold.
    Quiet,
    /// The store lost writes that it had acknowledged. Its content is a moment of its past, if
    /// nothing was written since. So 1, 2, 3, 9 and 11 hold, and of 4, 5, 6 and 7 the parts that
    /// hold at every moment:
    /// - 4: a completed order has its stock sold, and sold stock belongs to an order past
    ///   `confirming`.
    /// - 5: the gateway's records are never behind the ledger.
    /// - 6: all of it.
    /// - 7: the sets agree with the states, empty or not.
    ///
    /// A finding of 8, 10 or 13 is a lost acknowledgement and no violation. 12 is not checked.
    Lossy,
    /// In progress, and read part by part: what holds at every moment, as for `Lossy`. For an order
    /// that is final, with all its refunds, all holds that holds in a quiet shop. A finding counts
    /// if a second reading of the same order shows it again.
    Running,
}

/// An equation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its number in section 6 of the order flow.
    pub equation: u8,
    /// A description of the contradiction.
    pub what: String,
    /// The ids of the operations that show it.
    pub operations: Vec<u64>,
    /// The order, refund (`<order>/<n>`), SKU, user or file.
    pub subject: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "equation {}: {}: {}", self.equation, self.subject, self.what)?;
        match self.operations.as_slice() {
            [] => Ok(()),
            [one] => write!(f, " (operation #{one})"),
            several => {
                let several: Vec<String> = several.iter().map(|id| format!("#{id}")).collect();
                write!(f, " (operations {})", several.join(" "))
            }
        }
    }
}

/// An event that is allowed and should never happen: an operator must look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The order.
    pub subject: String,
    /// A description of the event.
    pub what: String,
}

/// A SKU with more demand than units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hot {
    pub sku: Sku,
    /// The number of units.
    pub units: u32,
    /// True if a fault, a decline or a cancel hit its orders and refused buyers did not retry. Then
    /// some units may be left.
    pub faults: bool,
}

/// Facts that the stores do not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOptions {
    /// The SKUs of equation 12.
    pub hot: Vec<Hot>,
    /// The time at which the faults ended, by the history's clock.
    pub faults_ended_ms: Option<u64>,
    /// The time within which an outcome must be known, from the invocation or the end of the
    /// faults.
    pub patience_ms: u64,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { hot: Vec::new(), faults_ended_ms: None, patience_ms: 300_000 }
    }
}

/// All findings of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The equations that do not hold.
    pub violations: Vec<Violation>,
    /// Acknowledgements that the store lost; only for [`When::Lossy`].
    pub lost: Vec<Violation>,
    /// Allowed events that an operator must look at.
    pub alarms: Vec<Alarm>,
}

/// The maximum number of operations named for a subject.
const NAMED: usize = 20;

impl Findings {
    /// Adds a violation.
    pub fn add(&mut self, equation: u8, subject: &(impl ToString + ?Sized), what: impl Into<String>) {
        self.shown(equation, subject, what, Vec::new());
    }

    pub(crate) fn shown(
        &mut self,
        equation: u8,
        subject: &(impl ToString + ?Sized),
        what: impl Into<String>,
        operations: Vec<u64>,
    ) {
        let (subject, what) = (subject.to_string(), what.into());
        self.violations.push(Violation { equation, what, operations, subject });
    }

    /// Adds the finding unless `holds`.
    pub(crate) fn unless(
        &mut self,
        holds: bool,
        equation: u8,
        subject: &(impl ToString + ?Sized),
        what: impl FnOnce() -> String,
    ) {
        if !holds {
            self.add(equation, subject, what());
        }
    }

    pub(crate) fn alarm(&mut self, subject: &(impl ToString + ?Sized), what: impl Into<String>) {
        self.alarms.push(Alarm { subject: subject.to_string(), what: what.into() });
    }

    /// Names the operations on the same order or SKU if a finding has none of its own.
    pub(super) fn attach(&mut self, case: &Case<'_>) {
        for violation in self.violations.iter_mut().filter(|violation| violation.operations.is_empty()) {
            violation.operations = case.operations_about(&violation.subject).take(NAMED).collect();
        }
    }
}
