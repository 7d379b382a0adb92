//! The page of saved cards, as both of its handlers show it.

use askama::Template;
use estore_contract::payment::PaymentMethod;

use super::{Frame, labels};
use crate::{Error, checkout::Key, forms::Wrongs, web::Visitor};

#[derive(Template)]
#[template(path = "account/cards.html")]
pub(crate) struct CardsPage {
    pub(crate) page: Frame,
    /// Each card with its words. `None` if they cannot be read now.
    cards: Option<Vec<(PaymentMethod, String)>>,
    /// Names the card of the form, so that a repeat saves it once.
    pub(crate) key: Key,
    filled: labels::FilledCard,
    pub(crate) wrongs: Wrongs,
}

impl CardsPage {
    /// Reads the cards of the visitor.
    pub(crate) async fn read(visitor: &Visitor) -> Result<Self, Error> {
        let cards = visitor.payment().cards().await?;
        Ok(Self::of(visitor, Some(cards)))
    }

    /// Creates the page without the cards.
    pub(crate) fn unread(visitor: &Visitor) -> Self {
        Self::of(visitor, None)
    }

    fn of(visitor: &Visitor, cards: Option<Vec<PaymentMethod>>) -> Self {
        let page = Frame::titled(visitor, |t| t.account.cards);
        let clock = visitor.app.clock.as_ref();
        let (now, locale) = (clock.now(), page.locale);
        let with_words = |card: PaymentMethod| {
            let words = labels::card(&card.details, now, locale);
            (card, words)
        };
        Self {
            page,
            cards: cards.map(|cards| cards.into_iter().map(with_words).collect()),
            key: Key::new(clock),
            filled: labels::FilledCard::of(&visitor.app),
            wrongs: Wrongs::default(),
        }
    }
}
