//! The equations of section 6 of the order flow, each checked on a snapshot of the stores and a
//! history of the clients.

mod books;
mod cancelled;
mod case;
mod edges;
mod ends;
mod erased;
mod findings;
mod hot;
mod journal;
mod keys;
mod ledger;
mod pieces;
mod refused;
mod report;
mod sales;
mod secrets;
mod seen;
mod shown;
mod stock;
mod sums;
mod work;

use crate::{history::Op, stores::Snapshot};
use case::Case;

pub use findings::{Alarm, CheckOptions, Findings, Hot, Violation, When};
pub use report::report;
pub use secrets::{Canary, scan};

/// Returns the violations of a snapshot, with no information beyond the history.
#[must_use]
pub fn check(snapshot: &Snapshot, history: &[Op], when: When) -> Vec<Violation> {
    examine(snapshot, history, when, &CheckOptions::default()).violations
}

#[must_use]
pub fn examine(snapshot: &Snapshot, history: &[Op], when: When, options: &CheckOptions) -> Findings {
    let case = Case::new(snapshot, history, when, options);
    let mut found = Findings::default();
    stock::is_within_bounds(&case, &mut found);
    stock::is_held(&case, &mut found);
    stock::adds_up(&case, &mut found);
    journal::gives_the_stock(&case, &mut found);
    journal::gives_the_reservations(&case, &mut found);
    ledger::agrees_with_the_orders(&case, &mut found);
    keys::make_one_order_each(&case, &mut found);
    keys::make_one_refund_each(&case, &mut found);
    edges::are_followed(&case, &mut found);
    erased::is_what_was_personal(&case, &mut found);
    shown::is_what_is_kept(&case, &mut found);
    if when != When::Always {
        sales::are_orders(&case, &mut found);
        books::agree_with_the_ledger(&case, &mut found);
        sums::balance(&case, &mut found);
        sums::are_of_lines(&case, &mut found);
        sums::cap_the_refunds(&case, &mut found);
        work::is_what_is_not_final(&case, &mut found);
        work::indexes_are_whole(&case, &mut found);
    }
    let mut told = Findings::default();
    if when != When::Always {
        seen::is_kept(&case, &mut told);
        seen::never_goes_back(&case, &mut told);
        refused::orders_are_not_made(&case, &mut told);
        refused::refunds_are_not_made(&case, &mut told);
        cancelled::is_never_captured(&case, &mut told);
        ends::are_known(&case, &mut told);
    }
    told.attach(&case);
    if when == When::Quiet {
        hot::is_sold_once(&case, &mut found);
    }
    found.attach(&case);
    if when == When::Lossy {
        found.lost = told.violations;
    } else {
        found.violations.extend(told.violations);
    }
    found.violations.sort_by_key(|violation| violation.equation);
    found
}
