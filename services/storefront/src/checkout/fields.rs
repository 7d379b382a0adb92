//! The fields of the checkout form.

use estore_contract::{
    AddressId, Money, PaymentMethodId,
    payment::{OrderItem, PaymentMethodRequest},
    user::AddressBody,
};
use serde::Deserialize;

use super::{Key, lines};
use crate::forms::{AddressFields, CardFields, Wrong, Wrongs, money};

/// The value of a choice that brings its own fields.
const NEW: &str = "new";

/// The fields of the checkout form, as a visitor sent them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct CheckoutFields {
    key: String,
    lines: String,
    total: String,
    /// The id of a saved address, or `new`.
    pub(crate) address: String,
    /// The id of a saved card, or `new`.
    pub(crate) card: String,
    /// Not empty if the new address is kept in the account.
    pub(crate) save_address: String,
    #[serde(flatten)]
    pub(crate) new_address: AddressFields,
    #[serde(flatten)]
    pub(crate) new_card: CardFields,
}

/// Something saved, by its id, or something new.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Choice<Id, New> {
    Saved(Id),
    New(New),
}

/// The hidden fields of the form, which we wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) key: Key,
    pub(crate) lines: Vec<OrderItem>,
    /// The total that the visitor saw.
    pub(crate) total: Money,
}

impl CheckoutFields {
    /// Reads the hidden fields. Returns `None` if somebody changed them.
    pub(crate) fn contents(&self) -> Option<Contents> {
        let total = money::parse(&self.total)?;
        Some(Contents { key: self.key.parse().ok()?, lines: lines::parse(&self.lines)?, total })
    }

    /// Reads the choice of an address, or notes what is wrong.
    pub(crate) fn address(&self, wrongs: &mut Wrongs) -> Option<Choice<AddressId, AddressBody>> {
        if self.address == NEW {
            return self.new_address.read(wrongs).map(Choice::New);
        }
        let saved = |text: &str| text.parse().ok();
        wrongs.read("address", &self.address, Wrong::Choice, saved).map(Choice::Saved)
    }

    /// Reads the choice of a card, or notes what is wrong.
    pub(crate) fn card(&self, wrongs: &mut Wrongs) -> Option<Choice<PaymentMethodId, PaymentMethodRequest>> {
        if self.card == NEW {
            return self.new_card.read(wrongs).map(Choice::New);
        }
        let saved = |text: &str| text.parse().ok();
        wrongs.read("card", &self.card, Wrong::Choice, saved).map(Choice::Saved)
    }

    /// Returns true if the visitor asked to keep the new address.
    pub(crate) fn saves_address(&self) -> bool {
        !self.save_address.is_empty()
    }
}

impl Contents {
    /// Returns the values of the hidden fields `lines` and `total`.
    pub(crate) fn fields(lines: &[OrderItem], total: Money) -> (String, String) {
        (lines::to_text(lines), money::to_text(total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIDDEN: &str = "key=0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01&lines=MUG-01%3A2%2CA%3A1&total=2980+USD";

    fn read(text: &str) -> CheckoutFields {
        serde_html_form::from_str(text).unwrap()
    }

    #[test]
    fn form_carries_key_lines_and_total() {
        let contents = read(HIDDEN).contents().unwrap();
        assert_eq!((contents.lines.len(), contents.total.amount), (2, 2980));
        let (lines, total) = Contents::fields(&contents.lines, contents.total);
        assert_eq!((lines.as_str(), total.as_str()), ("MUG-01:2,A:1", "2980 USD"));
        for wrong in ["key=x", "lines=", "total=2980", "total=-1+USD", "total=1+XXX"] {
            let name = wrong.split('=').next().unwrap();
            let rest = HIDDEN.split('&').filter(|pair| !pair.starts_with(name));
            let text: Vec<&str> = rest.chain([wrong]).collect();
            assert_eq!(read(&text.join("&")).contents(), None, "{wrong}");
        }
    }

    #[test]
    fn saved_choices_need_no_new_fields() {
        let id = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a02";
        let fields = read(&format!("{HIDDEN}&address={id}&card={id}&line1=&number=&country="));
        let mut wrongs = Wrongs::default();
        assert_eq!(fields.address(&mut wrongs), Some(Choice::Saved(id.parse().unwrap())));
        assert!(matches!(fields.card(&mut wrongs), Some(Choice::Saved(card)) if card.to_string() == id));
        assert!(wrongs.is_empty() && !fields.saves_address());
    }

    #[test]
    fn new_choices_are_read_from_their_fields() {
        let fields = read(&format!(
            "{HIDDEN}&address=new&line1=1+Main+Street&city=Berlin&postal_code=10115&country=DE&save_address=on\
             &card=new&number=4242+4242+4242+4242&expiry=04%2F29&cvc=123"
        ));
        let mut wrongs = Wrongs::default();
        assert!(matches!(fields.address(&mut wrongs), Some(Choice::New(_))));
        assert!(matches!(fields.card(&mut wrongs), Some(Choice::New(_))));
        assert!(wrongs.is_empty() && fields.saves_address());
    }

    #[test]
    fn missing_choice_is_named() {
        let (fields, mut wrongs) = (read(HIDDEN), Wrongs::default());
        assert!(fields.address(&mut wrongs).is_none() && fields.card(&mut wrongs).is_none());
        assert_eq!((wrongs.of("address"), wrongs.of("card")), (Some(Wrong::Missing), Some(Wrong::Missing)));
    }
}
