//! An order beside its reservation: what the reconciler does (order-flow section 5).

use estore_contract::reservation::ReservationStatus as Stock;

use crate::domain::State;

/// What the reconciler finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// They agree.
    Agree,
    /// Not its business yet: the worker or the sweeper will.
    Wait,
    /// Stock was sold for an order that does not exist or was undone: it is put back.
    PutBack,
    /// Stock is held for an order that has ended: it is let go.
    Release,
    /// A completed order without its stock: a person decides; no money is moved.
    Alarm,
}

/// Compares an old order (`None`: there is none) with its reservation (`None`: there is none).
#[must_use]
pub const fn reconcile(order: Option<State>, stock: Option<Stock>) -> Finding {
    match (order, stock) {
        (None | Some(State::Cancelled), Some(Stock::Confirmed)) => Finding::PutBack,
        (Some(State::Completed | State::Cancelled), Some(Stock::Held)) => Finding::Release,
        (Some(State::Completed), Some(Stock::Confirmed)) => Finding::Agree,
        (Some(State::Completed), _) => Finding::Alarm,
        (None | Some(State::Cancelled), None | Some(Stock::Released | Stock::Expired | Stock::Returned)) => {
            Finding::Agree
        }
        // A hold without an order ends by its deadline; an order that is not final is the worker's.
        (None, Some(Stock::Held)) | (Some(_), _) => Finding::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Finding::{Agree, Alarm, PutBack, Release, Wait},
        *,
    };

    #[test]
    fn stock_follows_the_order_and_money_is_never_moved() {
        let stocks = [
            None,
            Some(Stock::Held),
            Some(Stock::Confirmed),
            Some(Stock::Released),
            Some(Stock::Expired),
            Some(Stock::Returned),
        ];
        let row = |order| stocks.map(|stock| reconcile(order, stock));
        assert_eq!(row(None), [Agree, Wait, PutBack, Agree, Agree, Agree]);
        assert_eq!(row(Some(State::Cancelled)), [Agree, Release, PutBack, Agree, Agree, Agree]);
        assert_eq!(row(Some(State::Completed)), [Alarm, Release, Agree, Alarm, Alarm, Alarm]);
        for state in State::ALL.into_iter().filter(|state| !state.is_final()) {
            assert_eq!(row(Some(state)), [Wait; 6], "{state:?}");
        }
    }
}
