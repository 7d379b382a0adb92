//! Tests of the model itself: a mutant of the protocol or of a library breaks each equation, and
//! the model shows how. A mutant that the model does not catch fails its test.

use estore_contract::payment::TransactionType;
use estore_payment::domain::{
    Order, PaymentState, State,
    protocol::{Command, Outcome, Step, Transition, apply, next_step},
};
use time::Duration;

use super::{
    calls::Side::{self, Gateway, Inventory, Payment},
    drivers::Protocol,
    libraries::Change,
    run::catch,
    scenario::{Reconciler, Scenario},
    state::Left,
};

/// Returns a scenario of one buyer and one unit, with a library changed. Each change is a part of
/// the text and its replacement.
fn changed(left: Left, side: Side, changes: &[(&'static str, &'static str)]) -> Scenario {
    let changes = changes.iter().map(|(from, to)| Change { side, from, to }).collect();
    Scenario { left, changes, units: [1, 0], reduced: false, ..Scenario::new() }
}

/// Returns a scenario of one buyer and one unit, with a part of the protocol replaced.
fn replaced(left: Left, protocol: Protocol) -> Scenario {
    Scenario { left, protocol, units: [1, 0], reduced: false, ..Scenario::new() }
}

/// Returns a scenario with refunds of one unit and of two, of an order of two, with a library
/// changed.
fn refunding(left: Left, side: Side, changes: &[(&'static str, &'static str)]) -> Scenario {
    let mutant = changed(left, side, changes);
    Scenario { stock: 2, units: [2, 0], sells: None, refunds: vec![1, 2], ..mutant }
}

const CALM: Left = Left::NONE;
const CRASH: Left = Left { crashes: 1, ..CALM };
const SILENCE: Left = Left { silences: 1, ..CALM };
const DOUBLE: Left = Left { doubles: 1, ..CALM };
const HASTY: Left = Left { hasty: 1, ..CALM };
const CANCEL: Left = Left { cancels: 1, ..CALM };
const CLOSE: Left = Left { closes: 1, ..CALM };
const REPEAT: Left = Left { repeats: 1, ..CALM };

#[test]
fn stock_is_reserved_without_a_check() {
    let change = [("if left < quantity then", "if false then")];
    let two = Scenario { units: [1, 1], ..changed(CALM, Inventory, &change) };
    catch("no look at the stock", two, "1:");
}

#[test]
fn stock_is_released_without_a_state_change() {
    let change = [("redis.call('HSET', reservation_key(order), 'status', status)\n", "\n")];
    catch("let go, and still held", changed(CALM, Inventory, &change), "2:");
}

#[test]
fn sale_is_not_in_the_journal() {
    let change = [("journal('confirmed', order, flat)", "")];
    catch("no entry in the journal", changed(CALM, Inventory, &change), "3:");
}

#[test]
fn reconciler_believes_the_journal() {
    let change = [("(kind == 'released' or", "(kind == 'confirmed' or kind == 'released' or")];
    let lost = changed(CALM, Payment, &change);
    catch(
        "settled, and not mended",
        Scenario { units: [1, 1], reconciler: Reconciler::WithLostOrder, sells: None, ..lost },
        "4:",
    );
}

#[test]
fn authorization_is_not_in_the_ledger() {
    let forgetful = |order: &Order, command: &Command, answer| match apply(order, command, answer) {
        Step::Transition(step) if step.to == State::Confirming => Step::Transition(Transition::to(step.to)),
        next => next,
    };
    catch(
        "no entry in the ledger",
        replaced(CALM, Protocol { apply: forgetful, ..Protocol::REAL }),
        "5: the ledger",
    );
}

#[test]
fn capture_is_booked_twice() {
    let twice = |order: &Order, command: &Command, answer| match apply(order, command, answer) {
        Step::Transition(step) if step.to == State::Completed => {
            let entry = step.entries[0].clone();
            Step::Transition(step.entry(entry.kind, entry.amount, entry.n))
        }
        next => next,
    };
    catch("booked twice", replaced(CALM, Protocol { apply: twice, ..Protocol::REAL }), "5: the ledger");
}

#[test]
fn void_allows_a_late_authorization() {
    let fence = "was = state == 'authorized' and '1' or '0'\n";
    let change = [(fence, "if state ~= 'authorized' then return { 'voided', '0' } end was = '1'\n")];
    catch("void is no fence", changed(SILENCE, Gateway, &change), "5: so do the gateway's");
}

#[test]
fn refund_is_not_recorded_with_its_order() {
    let change = [("redis.call('HINCRBY', order_key(id), 'refunded', kept[3])", "")];
    catch("refunded is not counted", refunding(CALM, Payment, &change), "6:");
}

#[test]
fn worker_removes_a_claimed_order() {
    let change =
        [("redis.call('ZADD', WORK, text(now + lease), member)", "redis.call('ZREM', WORK, member)")];
    catch("claimed is forgotten", changed(CRASH, Payment, &change), "7: the work set");
}

#[test]
fn release_leaves_no_tombstone() {
    let tombstone = "redis.call('HSET', reservation_key(order), 'status', 'released')\n        journal('released', order, {})";
    catch(
        "no tombstone",
        changed(SILENCE, Inventory, &[(tombstone, "return { 'released', '' }")]),
        "7: nothing is held",
    );
}

#[test]
fn repeat_makes_the_order_again() {
    let change = [("if kept[1] then\n        if kept[1] ~= user then return 'none' end", "if false then")];
    catch("made twice", changed(REPEAT, Payment, &change), "8:");
}

#[test]
fn order_is_not_listed() {
    let change =
        [("redis.call('ZADD', ORDERS, now, id)\n    redis.call('ZADD', OPEN", "redis.call('ZADD', OPEN")];
    catch("not in the list of orders", changed(CALM, Payment, &change), "9:");
}

#[test]
fn sold_order_is_cancelled_without_a_void() {
    let cancellable = |state: State| !state.is_final() && state != State::Cancelling;
    let void = [("move(args[1], 'voided', kept[3], 'was_authorized', was)\n", "\n")];
    let protocol = Protocol { cancellable, ..Protocol::REAL };
    catch("cancelled, and captured", Scenario { protocol, ..changed(CANCEL, Gateway, &void) }, "10:");
}

#[test]
fn confirming_order_is_cancelled_by_its_client() {
    let cancellable = |state: State| state.can_time_out() || state == State::Confirming;
    catch("cancelled while confirming", replaced(CANCEL, Protocol { cancellable, ..Protocol::REAL }), "11:");
}

/// An order never enters a state twice, so the state alone would tell an old step from a new one.
#[test]
fn step_on_an_old_version_is_applied() {
    let change = [(
        "if kept[1] ~= from or kept[2] ~= args[2] then return view('stale', id) end\n    if not (EDGES[from] and EDGES[from][to]) then return { 'no_edge' } end\n    local version",
        "local version",
    )];
    catch("no look at state and version", changed(HASTY, Payment, &change), "11:");
}

#[test]
fn repeated_confirm_is_refused() {
    let change = [("if kept[1] == 'confirmed' then return nil end\n", "\n")];
    catch("a repeat is not recognised", changed(SILENCE, Inventory, &change), "11:");
}

#[test]
fn last_unit_is_not_sold() {
    let change = [("if left < quantity then", "if left <= quantity then")];
    catch("one piece is kept", changed(CALM, Inventory, &change), "12:");
}

#[test]
fn cancelling_order_is_never_finished() {
    let idle = |order: &Order, hold: Duration| match order.state {
        State::Cancelling => Step::RetryLater("not now"),
        _ => next_step(order, hold),
    };
    catch("cancelling for ever", replaced(CALM, Protocol { next_step: idle, ..Protocol::REAL }), "13:");
}

#[test]
fn money_is_captured_before_stock_is_sold() {
    let next_step = |order: &Order, hold: Duration| match (order.state, &order.payment) {
        (State::Confirming, Some(payment)) => Step::Command(Command::Capture(payment.clone())),
        _ => next_step(order, hold),
    };
    let apply = |order: &Order, command: &Command, answer: Outcome| match (order.state, command, &answer) {
        (State::Confirming, Command::Capture(_), Outcome::Payment(PaymentState::Captured)) => {
            Step::Command(Command::Confirm)
        }
        _ => apply(order, command, answer),
    };
    catch(
        "captured first",
        replaced(CALM, Protocol { next_step, apply, ..Protocol::REAL }),
        "nobody is charged",
    );
}

#[test]
fn order_is_completed_without_confirm() {
    let next_step = |order: &Order, hold: Duration| match (order.state, &order.payment) {
        (State::Confirming, Some(payment)) => Step::Command(Command::Capture(payment.clone())),
        _ => next_step(order, hold),
    };
    catch("completed, and not sold", replaced(CALM, Protocol { next_step, ..Protocol::REAL }), "4:");
}

#[test]
fn order_is_completed_without_capture() {
    let apply =
        |order: &Order, command: &Command, answer: Outcome| match (command, apply(order, command, answer)) {
            (Command::Confirm, Step::Command(Command::Capture(_))) => {
                Step::Transition(Transition::to(State::Completed).entry(
                    TransactionType::Capture,
                    order.priced.as_ref().unwrap().1,
                    None,
                ))
            }
            (_, next) => next,
        };
    catch("completed, and not charged", replaced(CALM, Protocol { apply, ..Protocol::REAL }), "5: so do");
}

#[test]
fn free_order_is_brought_to_the_gateway() {
    let apply = |order: &Order, command: &Command, answer| match (command, apply(order, command, answer)) {
        (Command::Reserve, Step::Transition(Transition { priced: Some(priced), .. })) => {
            Step::Command(Command::CreatePayment(priced.1, Some(priced)))
        }
        (_, next) => next,
    };
    let mutant = replaced(CALM, Protocol { apply, ..Protocol::REAL });
    catch("a payment of nothing", Scenario { price: 0, ..mutant }, "5: so do");
}

#[test]
fn free_order_is_completed_with_a_capture() {
    let change = [("    if tonumber(amount) == 0 then return false end\n", "")];
    let apply = |order: &Order, command: &Command, answer| match apply(order, command, answer) {
        Step::Transition(step) if step.to == State::Completed => {
            Step::Transition(step.entry(TransactionType::Capture, order.priced.as_ref().unwrap().1, None))
        }
        next => next,
    };
    let mutant = replaced(CALM, Protocol { apply, ..Protocol::REAL });
    let changes = changed(CALM, Payment, &change).changes;
    catch("a capture of nothing", Scenario { price: 0, changes, ..mutant }, "5: the ledger");
}

#[test]
fn refunds_are_booked_without_a_sum() {
    let changes = [
        ("if (kept[5] or '0') ~= args[4] then return { 'changed' } end", ""),
        ("if sum > tonumber(kept[2]) then return { 'too_much' } end", ""),
    ];
    catch("more is refunded than was paid", refunding(CALM, Payment, &changes), "refunds stay");
}

#[test]
fn gateway_drops_an_authorization() {
    let change = [(
        "if kept[1] == 'authorized' then return move(args[1], 'captured', kept[2]) end",
        "if kept[1] == 'authorized' then return move(args[1], 'voided', nil) end",
    )];
    catch("never captured", changed(CALM, Gateway, &change), "nothing asks");
}

/// The protocol's behaviour before the model found this fault.
#[test]
fn overtaken_worker_raises_an_alarm() {
    let apply = |order: &Order, command: &Command, answer| match apply(order, command, answer) {
        Step::Transition(Transition { alarm: Some(alarm), .. }) => {
            Step::Alarm(alarm, Box::new(Step::RetryLater("not now")))
        }
        next => next,
    };
    catch("an alarm too early", replaced(HASTY, Protocol { apply, ..Protocol::REAL }), "nothing asks");
}

#[test]
fn repeated_return_restocks_again() {
    let change = [("if found[3] then return view(order) end\n", "\n")];
    let mutant = refunding(DOUBLE, Inventory, &change);
    catch("put back twice", Scenario { refunds: vec![1], ..mutant }, "refunds stay");
}

#[test]
fn repeated_refund_sends_money_again() {
    let change = [("if kept[4] then return { kept[4] == args[3] and 'done' or 'taken' } end\n", "\n")];
    let mutant = refunding(DOUBLE, Gateway, &change);
    catch("sent back twice", Scenario { refunds: vec![1], ..mutant }, "refunds stay");
}

#[test]
fn closing_an_account_undoes_a_confirming_order() {
    let change = [("UNDOABLE = { accepted", "UNDOABLE = { confirming = true, accepted")];
    catch("undone while confirming", changed(CLOSE, Payment, &change), "11:");
}

#[test]
fn closing_an_account_keeps_the_order_version() {
    let step = "move(id, kept[2], kept[1], 'cancelling', now)";
    let change = [(step, "redis.call('HSET', order_key(id), 'status', 'cancelling')")];
    catch("undone without a step", changed(CLOSE, Payment, &change), "11:");
}

#[test]
fn order_ending_after_account_closure_is_not_erased() {
    let change = [("if is_closed(user) then\n        erase(id)", "if false then\n        erase(id)")];
    catch("kept for ever", changed(CLOSE, Payment, &change), "of a closed account");
}
