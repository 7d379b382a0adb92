//! The model, checked: a protocol with one thing wrong breaks an equation, and the model finds the way there.

use estore_contract::payment::TransactionType as Kind;
use estore_payment::domain::{
    Order, PaymentState, State,
    protocol::{Answer, Ask, Move, Next, begin, then},
};
use time::Duration;

use super::{
    calls::Side, drivers::Protocol, libraries::Change, run::catch, scenario::Scenario, scenarios::NONE,
    shop::Left,
};

fn changed(left: Left, side: Side, from: &'static str, to: &'static str) -> Scenario {
    Scenario { left, changes: vec![Change { side, from, to }], ..Scenario::new() }
}

/// Takes the money as soon as it is set aside, before the stock is sold.
fn begin_with_the_money(order: &Order, hold: Duration) -> Next {
    match (order.state, &order.payment) {
        (State::Authorized, Some(payment)) => Next::Ask(Ask::Capture(payment.clone())),
        _ => begin(order, hold),
    }
}

fn then_with_the_money(order: &Order, ask: &Ask, answer: Answer) -> Next {
    match (order.state, ask, &answer) {
        (State::Authorized, Ask::Capture(_), Answer::Payment(PaymentState::Captured)) => {
            Next::Move(Move::to(State::Confirming))
        }
        _ => then(order, ask, answer),
    }
}

#[test]
fn money_that_is_taken_before_the_stock_is_sold_is_found() {
    let protocol = Protocol { begin: begin_with_the_money, then: then_with_the_money, ..Protocol::REAL };
    let scenario = Scenario { left: Left { crashes: 1, ..NONE }, protocol, ..Scenario::new() };
    let way = catch("the money first", scenario, "nobody is charged");
    assert!(way.contains("gw1_capture"), "{way}");
}

#[test]
fn a_release_without_a_tombstone_is_found() {
    let scenario = changed(
        Left { silences: 1, cancels: 1, ..NONE },
        Side::Inventory,
        "    elseif not status then\n        redis.call('HSET', reservation_key(order), 'status', 'released')",
        "    elseif not status then\n        if true then return { 'released', '' } end",
    );
    let way = catch("no tombstone", scenario, "7: nothing is held");
    assert!(way.contains("inv1_release"), "{way}");
}

#[test]
fn a_void_that_leaves_no_mark_is_found() {
    let scenario = changed(
        Left { silences: 1, cancels: 1, ..NONE },
        Side::Gateway,
        "    was = state == 'authorized' and '1' or '0'\n",
        "    was = state == 'authorized' and '1' or '0'\n    if was == '0' then return { 'voided', '0' } end\n",
    );
    let way = catch("no fence", scenario, "5: so do the gateway's own books");
    assert!(way.contains("late: gw1_authorize") || way.contains("gw1_authorize"), "{way}");
}

#[test]
fn a_step_that_is_taken_on_an_old_version_is_found() {
    let scenario = changed(
        Left { crashes: 1, hasty: 1, ..NONE },
        Side::Payment,
        "    if kept[1] ~= from or kept[2] ~= args[2] then return view('stale', id) end",
        "",
    );
    catch("no version", scenario, "11: every transition");
}

#[test]
fn stock_that_is_freed_while_its_hold_stays_is_found() {
    let scenario = changed(
        Left { cancels: 1, ..NONE },
        Side::Inventory,
        "    redis.call('HSET', reservation_key(order), 'status', status)\n    redis.call('ZREM', DUE, order)\n    journal(status, order, flat)",
        "    redis.call('ZREM', DUE, order)\n    journal(status, order, flat)",
    );
    catch("a hold that stays", scenario, "2: reserved");
}

#[test]
fn a_hold_on_stock_that_is_not_there_is_found() {
    let scenario =
        changed(NONE, Side::Inventory, "            if left < quantity then", "            if false then");
    catch("oversold", scenario, "1: 0 <= reserved");
}

#[test]
fn refunds_of_more_than_was_paid_are_found() {
    let mut scenario = Scenario {
        stock: 2,
        sells: None,
        pieces: [2, 0],
        refunds: vec![2, 2],
        ..changed(
            NONE,
            Side::Payment,
            "    if (kept[5] or '0') ~= args[4] then return { 'changed' } end\n",
            "",
        )
    };
    let sum = "    if sum > tonumber(kept[2]) then return { 'too_much' } end\n";
    scenario.changes.push(Change { side: Side::Payment, from: sum, to: "" });
    catch("refunded twice", scenario, "refunds stay within");
}

#[test]
fn an_entry_that_is_written_twice_is_found() {
    fn twice(order: &Order, ask: &Ask, answer: Answer) -> Next {
        match then(order, ask, answer) {
            Next::Move(step) if step.to == State::Completed => {
                let total = order.priced.as_ref().map(|(_, total)| *total).unwrap();
                Next::Move(step.entry(Kind::Capture, total, None))
            }
            next => next,
        }
    }
    let protocol = Protocol { then: twice, ..Protocol::REAL };
    catch("booked twice", Scenario { protocol, ..Scenario::new() }, "5: the ledger captures once");
}
