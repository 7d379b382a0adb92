//! The scenarios that are explored to their end: two buyers, one piece, and what may go wrong on the way. The last number of each is
//! how many states it has at least, so that a model that explores less than it did is found.

use super::{run::explore, scenario::Scenario, shop::Left};

/// Nothing goes wrong.
pub(super) const NONE: Left =
    Left { crashes: 0, silences: 0, doubles: 0, hasty: 0, repeats: 0, cancels: 0, run_outs: 0, rounds: 0 };

/// A driver dies; an answer is lost and its call comes late; a call comes twice.
#[test]
fn a_crash_a_lost_answer_and_a_doubled_call() {
    let left = Left { crashes: 1, silences: 1, doubles: 1, ..NONE };
    explore("crash, silence, double", Scenario { left, ..Scenario::new() }, vec![], 600_000);
}

/// A worker takes an order up while somebody is still at it, as after a long pause.
#[test]
fn a_driver_that_was_overtaken_and_wakes_up() {
    let left = Left { hasty: 1, silences: 1, ..NONE };
    explore("overtaken, silence", Scenario { left, ..Scenario::new() }, vec![], 600_000);
}

#[test]
fn a_client_that_repeats_and_cancels() {
    let left = Left { repeats: 1, cancels: 1, crashes: 1, ..NONE };
    explore("repeat, cancel, crash", Scenario { left, ..Scenario::new() }, vec![], 500_000);
}

#[test]
fn a_card_that_declines() {
    let left = Left { crashes: 1, silences: 1, ..NONE };
    let scenario = Scenario { left, declines: true, sells: None, ..Scenario::new() };
    explore("decline, crash, silence", scenario, vec![], 100_000);
}

#[test]
fn an_authorization_that_runs_out() {
    let left = Left { run_outs: 1, crashes: 1, ..NONE };
    let scenario = Scenario { left, alarms: &["authorization_lost"], ..Scenario::new() };
    explore("authorization runs out, crash", scenario, vec![], 20_000);
}

#[test]
fn two_refunds_of_one_order() {
    let left = Left { crashes: 1, silences: 1, doubles: 1, ..NONE };
    let scenario =
        Scenario { left, stock: 2, sells: None, pieces: [2, 0], refunds: vec![1, 2], ..Scenario::new() };
    explore("two refunds, crash, silence, double", scenario, vec![], 20_000);
}

/// Stock was sold for an order that Payment has lost; and the reconciler beside an order under way.
#[test]
fn the_reconciler_puts_back_what_is_nobodys_and_leaves_the_rest() {
    let left = Left { crashes: 1, silences: 1, rounds: 1, ..NONE };
    let lost = Scenario { left, sells: None, lost_order: true, reconciles: true, ..Scenario::new() };
    explore("reconciler, a lost order", lost, vec![], 20_000);
    let left = Left { crashes: 1, rounds: 1, ..NONE };
    let beside = Scenario { left, reconciles: true, pieces: [1, 0], ..Scenario::new() };
    explore("reconciler, an order under way", beside, vec![], 8_000);
}
