//! What the checker finds, and what it is told.

use std::fmt;

use estore_contract::Sku;

use super::case::Case;

/// What may be expected of the stores at the moment of the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Under way: the equations with an asterisk (1, 2, 3, 9, 11, and of 5 the ledger's part). Each database must have been
    /// read at once.
    Always,
    /// Faults are off and 180 s have passed: all of them.
    Quiet,
    /// The store lost writes that it had acknowledged. What is left is a moment of its past, if nobody wrote since: so 1, 2, 3,
    /// 9 and 11 hold, and of 4, 5, 6 and 7 what holds at every moment:
    /// 4: what is completed has its stock sold, and what is sold belongs to an order that is past `confirming`;
    /// 5: the gateway's books are never behind the ledger; 6: whole; 7: the sets agree with the states, empty or not.
    /// What 8, 10 and 13 find is no violation but a lost acknowledgement; 12 is not asked.
    Lossy,
}

/// One equation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its number in section 6 of the order flow.
    pub equation: u8,
    /// What is wrong.
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

/// Something that is allowed and should never happen: it asks for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The order.
    pub subject: String,
    /// What happened.
    pub what: String,
}

/// A SKU that more people wanted than there were pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hot {
    /// Which.
    pub sku: Sku,
    /// How many pieces there were.
    pub units: u32,
    /// Whether a fault, a decline or a cancel fell among its orders, and refused buyers did not try again: then some may be left.
    pub faults: bool,
}

/// What the stores cannot tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOptions {
    /// Equation 12.
    pub hot: Vec<Hot>,
    /// When the faults ended, by the history's clock.
    pub faults_ended_ms: Option<u64>,
    /// How long after its invocation, or after the faults, an operation may take to end known.
    pub patience_ms: u64,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { hot: Vec::new(), faults_ended_ms: None, patience_ms: 300_000 }
    }
}

/// Everything that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// What must not be.
    pub violations: Vec<Violation>,
    /// What clients were told and the store forgot; only of a store that is [`When::Lossy`].
    pub lost: Vec<Violation>,
    /// What is allowed and asks for a person.
    pub alarms: Vec<Alarm>,
}

/// How many operations are named where a subject has many.
const NAMED: usize = 20;

impl Findings {
    pub(super) fn add(&mut self, equation: u8, subject: &(impl ToString + ?Sized), what: impl Into<String>) {
        self.shown(equation, subject, what, Vec::new());
    }

    pub(super) fn shown(
        &mut self,
        equation: u8,
        subject: &(impl ToString + ?Sized),
        what: impl Into<String>,
        operations: Vec<u64>,
    ) {
        let (subject, what) = (subject.to_string(), what.into());
        self.violations.push(Violation { equation, what, operations, subject });
    }

    /// Adds the finding where `holds` is false.
    pub(super) fn unless(
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

    pub(super) fn alarm(&mut self, subject: &(impl ToString + ?Sized), what: impl Into<String>) {
        self.alarms.push(Alarm { subject: subject.to_string(), what: what.into() });
    }

    /// Names the operations that are about the same order or SKU, where a finding has none of its own.
    pub(super) fn attach(&mut self, case: &Case<'_>) {
        for violation in self.violations.iter_mut().filter(|violation| violation.operations.is_empty()) {
            violation.operations = case.operations_about(&violation.subject).take(NAMED).collect();
        }
    }
}
