//! Tests of batches, without the calls. `tests/journeys/order_batches.rs` makes the calls.

use estore_contract::{
    Code, ErrorBody, OrderId, Quantity,
    reservation::{ReservationStatus, ReserveLine, ReserveRequest},
};
use tokio::sync::oneshot::Receiver;

use super::*;

fn id(n: u128) -> OrderId {
    OrderId(uuid::Uuid::from_u128(n))
}

fn confirm(n: u128) -> (Waiting, Receiver<Outcome>) {
    let (caller, outcome) = oneshot::channel();
    ((ReservationChange::Confirm(id(n)), caller), outcome)
}

fn reserve(lines: usize) -> (Waiting, Receiver<Outcome>) {
    let line = ReserveLine { sku: "MUG".parse().unwrap(), quantity: Quantity::new(1).unwrap() };
    let request = ReserveRequest { order_id: id(0), items: vec![line; lines] };
    let (caller, outcome) = oneshot::channel();
    ((ReservationChange::Reserve(request), caller), outcome)
}

fn done(n: u128) -> ReservationOutcome {
    let status = ReservationStatus::Confirmed;
    ReservationOutcome::Done(Reservation { order_id: id(n), status, expires_at: None, items: Vec::new() })
}

fn body(code: Code) -> ErrorBody {
    ErrorBody {
        error: code.title().to_owned(),
        message: String::new(),
        status_code: code.status(),
        code: code.as_str().to_owned(),
        request_id: String::new(),
        details: Vec::new(),
        order_id: None,
        decline_code: None,
    }
}

fn refused(code: Code) -> ReservationOutcome {
    ReservationOutcome::Refused(body(code))
}

fn orders(waiting: &[Waiting]) -> Vec<&ReservationChange> {
    waiting.iter().map(|(change, _)| change).collect()
}

#[test]
fn each_caller_gets_its_own_outcome() {
    let (batch, mut callers): (Vec<_>, Vec<_>) = (0..4).map(confirm).unzip();
    let outcomes = vec![done(0), refused(Code::ReservationClosed), refused(Code::OutcomeUnknown), done(3)];
    let unsettled = settle(batch, Ok(BatchOutcomes { outcomes }));
    // An unknown outcome is left to a call that is retried.
    assert_eq!(orders(&unsettled), [&ReservationChange::Confirm(id(2))]);
    assert!(callers[2].try_recv().is_err());
    for n in [0, 3] {
        assert_eq!(callers[n].try_recv().unwrap().unwrap().order_id, id(n as u128));
    }
    let closed = callers[1].try_recv().unwrap().unwrap_err();
    assert_eq!(closed.code(), Some(Code::ReservationClosed));
}

#[test]
fn failed_call_leaves_all_outcomes_unknown() {
    for answered in [Err(unknown("no answer in time")), Ok(BatchOutcomes { outcomes: vec![done(0)] })] {
        let (batch, callers): (Vec<_>, Vec<_>) = (0..3).map(confirm).unzip();
        assert!(settle(batch, answered).is_empty());
        for mut caller in callers {
            let outcome = caller.try_recv().unwrap();
            assert!(matches!(outcome, Err(PeerError::Unknown { .. })), "{outcome:?}");
        }
    }
}

#[test]
fn rejected_batch_is_sent_one_by_one() {
    // A version without batches takes `batch` for an order's id, which has no POST.
    for code in [Code::MethodNotAllowed, Code::NotFound, Code::PayloadTooLarge, Code::ValidationError] {
        let (batch, _callers): (Vec<_>, Vec<_>) = (0..3).map(confirm).unzip();
        let rejected = PeerError::Answered(PeerName::Inventory, Box::new(body(code)));
        assert_eq!(settle(batch, Err(rejected)).len(), 3, "{code:?}");
    }
}

#[test]
fn batches_are_bounded_by_changes_and_lines() {
    let sizes = |waiting: Vec<Waiting>| batches(waiting).iter().map(Vec::len).collect::<Vec<_>>();
    assert!(sizes(Vec::new()).is_empty());
    let (waiting, _callers): (Vec<_>, Vec<_>) = (0..250).map(confirm).unzip();
    assert_eq!(sizes(waiting), [100, 100, 50]);
    let (waiting, _callers): (Vec<_>, Vec<_>) = (0..21).map(|_| reserve(100)).unzip();
    assert_eq!(sizes(waiting), [10, 10, 1]);
}

#[test]
fn change_of_a_gone_caller_is_dropped() {
    let (batch, mut callers): (Vec<_>, Vec<_>) = (0..3).map(confirm).unzip();
    drop(callers.remove(1));
    let left = batches(batch);
    assert_eq!(orders(&left[0]), [&ReservationChange::Confirm(id(0)), &ReservationChange::Confirm(id(2))]);
}
