//! The states of an order (order-flow section 3).

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// It exists; nothing is held.
    Accepted,
    /// The stock is held, and the payment's id is noted.
    Reserved,
    /// The money is authorized. Written by earlier versions only.
    Authorized,
    /// The money is authorized, and the stock is being sold: written before that is first asked for.
    Confirming,
    /// The stock is sold. Written by earlier versions only.
    Confirmed,
    /// The money is taken. Final.
    Completed,
    /// It is being undone.
    Cancelling,
    /// It is undone. Final.
    Cancelled,
}

impl State {
    /// Every state.
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

    /// The name in the store.
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

    /// The state with that name; `None` for one that a newer version knows.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether nothing follows.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }

    /// Whether a deadline may still undo it: from `confirming` on, none decides.
    #[must_use]
    pub const fn can_time_out(self) -> bool {
        matches!(self, Self::Accepted | Self::Reserved | Self::Authorized)
    }

    /// Whether `next` may follow. Versions before 7 of the library note the payment's id from `reserved` to `reserved`, and
    /// write `authorized` and `confirmed`; such orders go on from where they stand.
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
        fn nothing_follows_a_final_state_and_undoing_is_never_undone(walk in vec(select(State::ALL.as_slice()), 1..40)) {
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
    fn a_name_is_parsed_back_and_an_unknown_one_is_not() {
        assert!(State::ALL.into_iter().all(|state| State::parse(state.as_str()) == Some(state)));
        assert_eq!(State::parse("shipped"), None);
    }
}
