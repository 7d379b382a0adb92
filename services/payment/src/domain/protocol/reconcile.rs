//! Compares an order with its reservation for the reconciler (order-flow section 5).

use estore_contract::reservation::ReservationStatus as Stock;

use crate::domain::State;

/// The reconciler's finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Order and reservation agree.
    Agree,
    /// Not the reconciler's task yet: the worker or the sweeper acts first.
    Wait,
    /// Stock was sold for an order that does not exist or was undone: restock it.
    Restock,
    /// Stock is held for an order that has ended: release it.
    Release,
    /// A completed order without its stock: an operator decides, and no money moves.
    Alarm,
}

/// Compares an old order (`None` if there is none) with its reservation (`None` if there is none).
#[must_use]
pub const fn reconcile(order: Option<State>, stock: Option<Stock>) -> Finding {
    match (order, stock) {
        (None | Some(State::Cancelled), Some(Stock::Confirmed)) => Finding::Restock,
        (Some(State::Completed | State::Cancelled), Some(Stock::Held)) => Finding::Release,
        (Some(State::Completed), Some(Stock::Confirmed)) => Finding::Agree,
        (Some(State::Completed), _) => Finding::Alarm,
        (None | Some(State::Cancelled), None | Some(Stock::Released | Stock::Expired | Stock::Returned)) => {
            Finding::Agree
        }
        // A hold without an order ends at its deadline. An order that is not final is the worker's
        // task.
        (None, Some(Stock::Held)) | (Some(_), _) => Finding::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Finding::{Agree, Alarm, Release, Restock, Wait},
        *,
    };

    #[test]
    fn stock_follows_the_order_without_moving_money() {
        let stocks = [
            None,
            Some(Stock::Held),
            Some(Stock::Confirmed),
            Some(Stock::Released),
            Some(Stock::Expired),
            Some(Stock::Returned),
        ];
        let row = |order| stocks.map(|stock| reconcile(order, stock));
        assert_eq!(row(None), [Agree, Wait, Restock, Agree, Agree, Agree]);
        assert_eq!(row(Some(State::Cancelled)), [Agree, Release, Restock, Agree, Agree, Agree]);
        assert_eq!(row(Some(State::Completed)), [Alarm, Release, Agree, Alarm, Alarm, Alarm]);
        for state in State::ALL.into_iter().filter(|state| !state.is_final()) {
            assert_eq!(row(Some(state)), [Wait; 6], "{state:?}");
        }
    }
}
