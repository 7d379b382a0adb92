//! The model, checked: each equation is broken by a mutant of the protocol or of a library, and the model tells how. A mutant that
//! nothing catches fails its test.

use estore_contract::payment::TransactionType;
use estore_payment::domain::{
    Order, PaymentState, State,
    protocol::{Answer, Ask, Move, Next, begin, then},
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

/// One buyer and one piece, with a library changed: each change is what stands there, and what is put in its place.
fn changed(left: Left, side: Side, changes: &[(&'static str, &'static str)]) -> Scenario {
    let changes = changes.iter().map(|(from, to)| Change { side, from, to }).collect();
    Scenario { left, changes, pieces: [1, 0], reduced: false, ..Scenario::new() }
}

/// One buyer and one piece, with a part of the protocol replaced.
fn replaced(left: Left, protocol: Protocol) -> Scenario {
    Scenario { left, protocol, pieces: [1, 0], reduced: false, ..Scenario::new() }
}

/// Refunds of one piece and of two, of an order of two, with a library changed.
fn refunding(left: Left, side: Side, changes: &[(&'static str, &'static str)]) -> Scenario {
    let mutant = changed(left, side, changes);
    Scenario { stock: 2, pieces: [2, 0], sells: None, refunds: vec![1, 2], ..mutant }
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
fn stock_is_promised_without_a_look() {
    let change = [("if left < quantity then", "if false then")];
    let two = Scenario { pieces: [1, 1], ..changed(CALM, Inventory, &change) };
    catch("no look at the stock", two, "1:");
}

#[test]
fn stock_is_let_go_and_the_state_kept() {
    let change = [("redis.call('HSET', reservation_key(order), 'status', status)\n", "\n")];
    catch("let go, and still held", changed(CALM, Inventory, &change), "2:");
}

#[test]
fn a_sale_is_not_in_the_journal() {
    let change = [("journal('confirmed', order, flat)", "")];
    catch("no entry in the journal", changed(CALM, Inventory, &change), "3:");
}

#[test]
fn the_reconciler_believes_the_journal() {
    let change = [("(kind == 'released' or", "(kind == 'confirmed' or kind == 'released' or")];
    let lost = changed(CALM, Payment, &change);
    catch(
        "settled, and not mended",
        Scenario { pieces: [1, 1], reconciler: Reconciler::WithLostOrder, sells: None, ..lost },
        "4:",
    );
}

#[test]
fn an_authorization_is_not_in_the_ledger() {
    let forgetful = |order: &Order, ask: &Ask, answer| match then(order, ask, answer) {
        Next::Move(step) if step.to == State::Confirming => Next::Move(Move::to(step.to)),
        next => next,
    };
    catch(
        "no entry in the ledger",
        replaced(CALM, Protocol { then: forgetful, ..Protocol::REAL }),
        "5: the ledger",
    );
}

#[test]
fn a_capture_is_booked_twice() {
    let twice = |order: &Order, ask: &Ask, answer| match then(order, ask, answer) {
        Next::Move(step) if step.to == State::Completed => {
            let entry = step.entries[0].clone();
            Next::Move(step.entry(entry.kind, entry.amount, entry.n))
        }
        next => next,
    };
    catch("booked twice", replaced(CALM, Protocol { then: twice, ..Protocol::REAL }), "5: the ledger");
}

#[test]
fn void_leaves_the_door_open() {
    let fence = "was = state == 'authorized' and '1' or '0'\n";
    let change = [(fence, "if state ~= 'authorized' then return { 'voided', '0' } end was = '1'\n")];
    catch("void is no fence", changed(SILENCE, Gateway, &change), "5: so do the gateway's");
}

#[test]
fn a_refund_is_not_noted_with_its_order() {
    let change = [("redis.call('HINCRBY', order_key(id), 'refunded', kept[3])", "")];
    catch("refunded is not counted", refunding(CALM, Payment, &change), "6:");
}

#[test]
fn the_worker_takes_an_order_away() {
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
fn a_repeat_makes_the_order_again() {
    let change = [("if kept[1] then\n        if kept[1] ~= user then return 'none' end", "if false then")];
    catch("made twice", changed(REPEAT, Payment, &change), "8:");
}

#[test]
fn an_order_is_not_listed() {
    let change =
        [("redis.call('ZADD', ORDERS, now, id)\n    redis.call('ZADD', OPEN", "redis.call('ZADD', OPEN")];
    catch("not in the list of orders", changed(CALM, Payment, &change), "9:");
}

#[test]
fn a_sold_order_is_cancelled_and_void_does_nothing() {
    let cancellable = |state: State| !state.is_final() && state != State::Cancelling;
    let void = [("move(args[1], 'voided', kept[3], 'was_authorized', was)\n", "\n")];
    let protocol = Protocol { cancellable, ..Protocol::REAL };
    catch("cancelled, and captured", Scenario { protocol, ..changed(CANCEL, Gateway, &void) }, "10:");
}

#[test]
fn a_client_cancels_what_is_being_sold() {
    let cancellable = |state: State| state.can_time_out() || state == State::Confirming;
    catch("cancelled while confirming", replaced(CANCEL, Protocol { cancellable, ..Protocol::REAL }), "11:");
}

/// No state is met twice on the way of an order, so the state alone would tell an old step from a new one.
#[test]
fn a_step_on_an_old_version_is_taken() {
    let change = [(
        "if kept[1] ~= from or kept[2] ~= args[2] then return view('stale', id) end\n    if not (EDGES[from] and EDGES[from][to]) then return { 'no_edge' } end\n    local version",
        "local version",
    )];
    catch("no look at state and version", changed(HASTY, Payment, &change), "11:");
}

#[test]
fn a_repeated_confirm_is_refused() {
    let change = [("if kept[1] == 'confirmed' then return nil end\n", "\n")];
    catch("a repeat is not recognised", changed(SILENCE, Inventory, &change), "11:");
}

#[test]
fn the_last_piece_is_not_sold() {
    let change = [("if left < quantity then", "if left <= quantity then")];
    catch("one piece is kept", changed(CALM, Inventory, &change), "12:");
}

#[test]
fn nobody_goes_on_with_undoing() {
    let idle = |order: &Order, hold: Duration| match order.state {
        State::Cancelling => Next::Stuck("not now"),
        _ => begin(order, hold),
    };
    catch("cancelling for ever", replaced(CALM, Protocol { begin: idle, ..Protocol::REAL }), "13:");
}

#[test]
fn the_money_is_taken_before_the_stock_is_sold() {
    let begin = |order: &Order, hold: Duration| match (order.state, &order.payment) {
        (State::Confirming, Some(payment)) => Next::Ask(Ask::Capture(payment.clone())),
        _ => begin(order, hold),
    };
    let then = |order: &Order, ask: &Ask, answer: Answer| match (order.state, ask, &answer) {
        (State::Confirming, Ask::Capture(_), Answer::Payment(PaymentState::Captured)) => {
            Next::Ask(Ask::Confirm)
        }
        _ => then(order, ask, answer),
    };
    catch("captured first", replaced(CALM, Protocol { begin, then, ..Protocol::REAL }), "nobody is charged");
}

#[test]
fn order_is_completed_without_confirm() {
    let begin = |order: &Order, hold: Duration| match (order.state, &order.payment) {
        (State::Confirming, Some(payment)) => Next::Ask(Ask::Capture(payment.clone())),
        _ => begin(order, hold),
    };
    catch("completed, and not sold", replaced(CALM, Protocol { begin, ..Protocol::REAL }), "4:");
}

#[test]
fn order_is_completed_without_capture() {
    let then = |order: &Order, ask: &Ask, answer: Answer| match (ask, then(order, ask, answer)) {
        (Ask::Confirm, Next::Ask(Ask::Capture(_))) => Next::Move(Move::to(State::Completed).entry(
            TransactionType::Capture,
            order.priced.as_ref().unwrap().1,
            None,
        )),
        (_, next) => next,
    };
    catch("completed, and not charged", replaced(CALM, Protocol { then, ..Protocol::REAL }), "5: so do");
}

#[test]
fn free_order_is_brought_to_the_gateway() {
    let then = |order: &Order, ask: &Ask, answer| match (ask, then(order, ask, answer)) {
        (Ask::Reserve, Next::Move(Move { priced: Some(priced), .. })) => {
            Next::Ask(Ask::CreatePayment(priced.1, Some(priced)))
        }
        (_, next) => next,
    };
    let mutant = replaced(CALM, Protocol { then, ..Protocol::REAL });
    catch("a payment of nothing", Scenario { price: 0, ..mutant }, "5: so do");
}

#[test]
fn free_order_is_completed_with_a_capture() {
    let change = [("    if tonumber(amount) == 0 then return false end\n", "")];
    let then = |order: &Order, ask: &Ask, answer| match then(order, ask, answer) {
        Next::Move(step) if step.to == State::Completed => {
            Next::Move(step.entry(TransactionType::Capture, order.priced.as_ref().unwrap().1, None))
        }
        next => next,
    };
    let mutant = replaced(CALM, Protocol { then, ..Protocol::REAL });
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
fn the_gateway_gives_up_what_was_set_aside() {
    let change = [(
        "if kept[1] == 'authorized' then return move(args[1], 'captured', kept[2]) end",
        "if kept[1] == 'authorized' then return move(args[1], 'voided', nil) end",
    )];
    catch("never captured", changed(CALM, Gateway, &change), "nothing asks");
}

/// As it was before the model found it.
#[test]
fn who_was_overtaken_asks_for_a_person() {
    let then = |order: &Order, ask: &Ask, answer| match then(order, ask, answer) {
        Next::Move(Move { alarm: Some(alarm), .. }) => Next::Alarm(alarm, Box::new(Next::Stuck("not now"))),
        next => next,
    };
    catch("an alarm too early", replaced(HASTY, Protocol { then, ..Protocol::REAL }), "nothing asks");
}

#[test]
fn a_repeated_return_puts_stock_back_again() {
    let change = [("if found[3] then return view(order) end\n", "\n")];
    let mutant = refunding(DOUBLE, Inventory, &change);
    catch("put back twice", Scenario { refunds: vec![1], ..mutant }, "refunds stay");
}

#[test]
fn a_repeated_refund_sends_money_again() {
    let change = [("if kept[4] then return { 'done' } end\n", "\n")];
    let mutant = refunding(DOUBLE, Gateway, &change);
    catch("sent back twice", Scenario { refunds: vec![1], ..mutant }, "refunds stay");
}

#[test]
fn closing_an_account_undoes_what_is_being_sold() {
    let change =
        [("authorized = true }\n\n-- Undoes", "authorized = true, confirming = true }\n\n-- Undoes")];
    catch("undone while confirming", changed(CLOSE, Payment, &change), "11:");
}

#[test]
fn closing_an_account_leaves_the_version_as_it_is() {
    let step = "move(id, kept[2], kept[1], 'cancelling', now)";
    let change = [(step, "redis.call('HSET', order_key(id), 'status', 'cancelling')")];
    catch("undone without a step", changed(CLOSE, Payment, &change), "11:");
}

#[test]
fn what_ends_after_its_account_was_closed_is_not_erased() {
    let change = [("if is_closed(user) then\n        erase(id)", "if false then\n        erase(id)")];
    catch("kept for ever", changed(CLOSE, Payment, &change), "of a closed account");
}
