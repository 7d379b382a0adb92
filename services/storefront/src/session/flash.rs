//! A message that the next page shows once.

use super::{Cookie, Jar};

macro_rules! flashes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// A message that the next page shows once. `texts::notices` has its words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Flash { $($(#[$doc])* $name,)+ }

        impl Flash {
            const ALL: &[Self] = &[$(Self::$name,)+];

            const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

flashes! {
    Added = "added",
    BasketChanged = "basket-changed",
    BasketFull = "basket-full",
    Removed = "removed",
    LoggedOut = "logged-out",
    SessionEnded = "session-ended",
    MailSent = "mail-sent",
    PasswordChanged = "password-changed",
    OrderPlaced = "order-placed",
    OrderFound = "order-found",
    AddressNotKept = "address-not-kept",
    OrderCancelled = "order-cancelled",
    OrderCancelling = "order-cancelling",
    OrderNotCancelled = "order-not-cancelled",
    AddedPart = "added-part",
    AddedNothing = "added-nothing",
    OrderTooLong = "order-too-long",
    QuantityLeft = "quantity-left",
    Saved = "saved",
    AddressSaved = "address-saved",
    AddressDeleted = "address-deleted",
    CardSaved = "card-saved",
    CardDeleted = "card-deleted",
    SessionsEnded = "sessions-ended",
    SessionsLeft = "sessions-left",
    PasswordRenewed = "password-renewed",
    AccountClosed = "account-closed",
    ProductCreated = "product-created",
    ProductArchived = "product-archived",
    ProductRestored = "product-restored",
    PictureAdded = "picture-added",
    StockBooked = "stock-booked",
    CategoryDeleted = "category-deleted",
    RefundMade = "refund-made",
    RefundPending = "refund-pending",
    RefundFailed = "refund-failed",
    OrderStopped = "order-stopped",
    SampleSent = "sample-sent",
    FaultCaused = "fault-caused",
    FaultsEnded = "faults-ended",
    TimetableSet = "timetable-set",
    TimetableEnded = "timetable-ended",
    LoadSet = "load-set",
}

impl Flash {
    /// Returns true if something did not work.
    pub(crate) const fn is_bad(self) -> bool {
        matches!(
            self,
            Self::BasketFull
                | Self::SessionEnded
                | Self::OrderNotCancelled
                | Self::AddedPart
                | Self::AddedNothing
                | Self::OrderTooLong
                | Self::QuantityLeft
                | Self::SessionsLeft
                | Self::RefundFailed
        )
    }

    /// Keeps the message for the next page.
    pub(crate) fn keep(self, jar: &Jar) {
        jar.set(Cookie::Flash, self.as_str().to_owned());
    }

    /// Takes the message of the page before.
    pub(crate) fn take(jar: &Jar) -> Option<Self> {
        let name = jar.get(Cookie::Flash)?;
        jar.remove(Cookie::Flash);
        Self::ALL.iter().copied().find(|flash| flash.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_is_shown_once() {
        let jar = Jar::default();
        Flash::Added.keep(&jar);
        let next = jar.sent_back();
        assert_eq!(Flash::take(&next), Some(Flash::Added));
        assert_eq!(Flash::take(&next.sent_back()), None);
        assert_eq!(Flash::take(&Jar::of(&[(Cookie::Flash, "You won!")])), None);
    }
}
