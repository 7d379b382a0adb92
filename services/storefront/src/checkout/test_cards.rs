//! The test cards of the sandbox gateway, as Stripe's users know them. A demonstration lists them.

use estore_contract::verification::Locale;

use super::Decline;
use crate::texts;

/// A card number, and the reason for which the sandbox declines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TestCard {
    pub(crate) number: &'static str,
    pub(crate) decline: Option<Decline>,
}

impl TestCard {
    /// Says what the card does.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    pub(crate) const fn text(&self, locale: &Locale) -> &'static str {
        texts::test_card(self.decline, *locale)
    }
}

const fn card(number: &'static str, decline: Option<Decline>) -> TestCard {
    TestCard { number, decline }
}

/// The test cards. The first is filled in.
pub(crate) const TEST_CARDS: [TestCard; 6] = [
    card("4242 4242 4242 4242", None),
    card("4000 0000 0000 0002", Some(Decline::Other)),
    card("4000 0000 0000 9995", Some(Decline::InsufficientFunds)),
    card("4000 0000 0000 0069", Some(Decline::Expired)),
    card("4000 0000 0000 0127", Some(Decline::Cvc)),
    card("4000 0000 0000 0119", Some(Decline::Processing)),
];
