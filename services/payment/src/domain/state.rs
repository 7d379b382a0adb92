//! The states of an order (order-flow section 3).

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// The order exists; nothing is held.
    Accepted,
    /// The stock is held, and the payment's id is recorded.
    Reserved,
    /// The money is authorized. Written by earlier versions only.
    Authorized,
    /// The money is authorized, and the stock is being sold. Written before Inventory is first
    /// asked to sell.
    Confirming,
    /// The stock is sold. Written by earlier versions only.
    Confirmed,
    /// The money is captured. Final.
    Completed,
    /// The order is being undone.
    Cancelling,
    /// The order is undone. Final.
    Cancelled,
}

impl State {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Reserved,
        Self::Authorized,
        Self::Confirming,
        Self::Confirmed,
        Self::Completed,
        Self::Cancelling,
        Self::Cancelled,
    ];

    /// Returns the name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Reserved => "reserved",
            Self::Authorized => "authorized",
            Self::Confirming => "confirming",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns the state with that name; `None` for a state of a newer version.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Returns true if nothing follows.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }

    /// Returns true if a deadline may still undo the order. From `confirming` on, no deadline does.
    #[must_use]
    pub const fn can_time_out(self) -> bool {
        matches!(self, Self::Accepted | Self::Reserved | Self::Authorized)
    }

    /// Returns true if `next` may follow. Versions before 7 of the library record the payment's id
    /// by a step from `reserved` to `reserved`. They also write `authorized` and `confirmed`. Such
    /// orders go on from their state.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Accepted, Self::Reserved)
                | (Self::Reserved, Self::Reserved | Self::Authorized | Self::Confirming)
                | (Self::Authorized, Self::Confirming)
                | (Self::Confirming, Self::Confirmed | Self::Completed)
                | (Self::Confirmed, Self::Completed)
                | (
                    Self::Accepted | Self::Reserved | Self::Authorized | Self::Confirming | Self::Confirmed,
                    Self::Cancelling
                )
                | (Self::Cancelling, Self::Cancelled)
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    proptest! {
        #[test]
        fn final_states_and_cancelling_are_never_reversed(walk in vec(select(State::ALL.as_slice()), 1..40)) {
            let mut state = State::Accepted;
            let mut undoing = false;
            for next in walk {
                if state.may_become(next) {
                    prop_assert!(!state.is_final());
                    prop_assert!(!undoing || matches!(next, State::Cancelling | State::Cancelled));
                    undoing |= next == State::Cancelling;
                    state = next;
                }
            }
        }
    }

    #[test]
    fn only_known_state_names_are_parsed() {
        assert!(State::ALL.into_iter().all(|state| State::parse(state.as_str()) == Some(state)));
        assert_eq!(State::parse("shipped"), None);
    }
}
