//! The equations of section 6 of the order flow, each checked on a snapshot of the stores and a
//! history of the clients. Most are about one order, so that an audit can check order by order.

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
mod label;
mod ledger;
mod refused;
mod report;
mod sales;
mod seen;
mod shown;
mod stock;
mod sums;
mod units;
mod work;

use estore_contract::{OrderId, UserId};

use crate::{history::Op, stores::Snapshot};
use case::Case;

pub use findings::{Alarm, CheckOptions, Findings, Hot, Violation, When};
pub use journal::{Replay, Traces, movements_of};
pub use label::{EQUATIONS, Equation};
pub use ledger::entries_of;
pub use report::report;
pub use stock::is_within_bounds;
pub use sums::MoneySums;

/// Returns the violations of a snapshot, with no information beyond the history.
#[must_use]
pub fn check(snapshot: &Snapshot, history: &[Op], when: When) -> Vec<Violation> {
    examine(snapshot, history, when, &CheckOptions::default()).violations
}

/// Returns all findings about a snapshot of the whole shop.
#[must_use]
pub fn examine(snapshot: &Snapshot, history: &[Op], when: When, options: &CheckOptions) -> Findings {
    let case = Case::new(snapshot, history, when, options);
    let mut found = Findings::default();
    for (sku, product) in &snapshot.products {
        stock::is_within_bounds(sku, product, &mut found);
    }
    for id in case.ids() {
        of_order(&case, id, true, &mut found);
    }
    for user in snapshot.users.keys() {
        of_user(&case, *user, &mut found);
    }
    of_all(&case, &mut found);
    let mut told = Findings::default();
    if when != When::Always {
        of_answers(&case, &mut told);
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

/// Checks the equations about these orders in a running shop. The snapshot has all of them: their
/// refunds, views, ledger entries and reservations, and their places in each set. Without `books`
/// the gateway keeps its books elsewhere. The journal and the sums are not checked.
pub fn examine_orders(snapshot: &Snapshot, ids: &[OrderId], books: bool, found: &mut Findings) {
    let options = CheckOptions::default();
    let case = Case::new(snapshot, &[], When::Running, &options);
    for id in ids {
        of_order(&case, *id, books, found);
    }
}

/// Checks the equations about the accounts and the cards of a snapshot, in a running shop. It has
/// the orders in their lists, or the lists are empty.
pub fn examine_users(snapshot: &Snapshot, found: &mut Findings) {
    let options = CheckOptions::default();
    let case = Case::new(snapshot, &[], When::Running, &options);
    for user in snapshot.users.keys() {
        of_user(&case, *user, found);
    }
    work::cards_are_listed(&case, found);
}

/// Checks the answers to clients about orders, as one can without the stores. The snapshot has all
/// of these orders at rest, as their customers read them, and nothing else. The keys of refunds are
/// unknown, so a refused refund that was made is not found. Captures are unknown, too: of equation
/// 10, there is what 8 says, that a cancelled order never becomes completed.
pub fn examine_answers(snapshot: &Snapshot, history: &[Op], found: &mut Findings) {
    let options = CheckOptions::default();
    let case = Case::new(snapshot, history, When::Running, &options);
    seen::is_kept(&case, found);
    seen::never_goes_back(&case, found);
    refused::orders_are_not_made(&case, found);
    keys::make_one_order_each(&case, found);
    keys::make_one_refund_each(&case, found);
}

fn of_order(case: &Case<'_>, id: OrderId, books: bool, found: &mut Findings) {
    stock::is_due(case, id, found);
    stock::is_back_at_most_once(case, id, found);
    ledger::agrees_with_the_order(case, id, found);
    keys::made_the_refunds(case, id, found);
    edges::are_followed(case, id, found);
    erased::is_what_was_personal(case, id, found);
    shown::is_what_is_kept(case, id, found);
    if case.when != When::Always {
        sales::are_orders(case, id, found);
        if books {
            books::agree_with_the_ledger(case, id, found);
        }
        sums::are_of_lines(case, id, found);
        sums::cap_the_refunds(case, id, found);
        work::is_what_is_not_final(case, id, found);
        work::indexes_have_it(case, id, found);
    }
}

fn of_user(case: &Case<'_>, user: UserId, found: &mut Findings) {
    erased::are_its_cards(case, user, found);
    if case.when != When::Always {
        work::lists_are_of(case, user, found);
    }
}

/// Checks what is not about one order alone.
fn of_all(case: &Case<'_>, found: &mut Findings) {
    stock::adds_up(case, found);
    stock::due_names_orders(case, found);
    journal::gives_the_stock(case, found);
    journal::gives_the_reservations(case, found);
    keys::make_one_order_each(case, found);
    keys::make_one_refund_each(case, found);
    edges::values_are_known(case, found);
    if case.when != When::Always {
        sums::balance(case, found);
        work::no_mail_is_left(case, found);
        work::noted_failures_are_failed(case, found);
        work::cards_are_listed(case, found);
        work::members_name_orders(case, found);
    }
}

/// Checks the answers that clients got.
fn of_answers(case: &Case<'_>, told: &mut Findings) {
    seen::is_kept(case, told);
    seen::never_goes_back(case, told);
    refused::orders_are_not_made(case, told);
    refused::refunds_are_not_made(case, told);
    cancelled::is_never_captured(case, told);
    ends::are_known(case, told);
}
