//! The fields of a card.

use estore_contract::{
    Sensitive,
    card::{CardNumber, Cvc},
    payment::{CardDetails, PaymentMethodRequest, PaymentType},
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{Wrong, Wrongs};
use crate::api::ApiError;

/// The fields of a card, as a visitor wrote them. No page shows them again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct CardFields {
    pub(crate) number: Option<Sensitive>,
    /// Month and year, as on the card: `04/29`.
    pub(crate) expiry: String,
    pub(crate) cvc: Option<Sensitive>,
}

impl CardFields {
    /// The names of the fields, which no page shows again.
    pub(crate) const SECRETS: [&str; 3] = ["number", "expiry", "cvc"];

    /// Reads the card, or notes what is wrong.
    pub(crate) fn read(&self, wrongs: &mut Wrongs) -> Option<PaymentMethodRequest> {
        let (number, cvc) = (shown(self.number.as_ref()), shown(self.cvc.as_ref()));
        let number = wrongs.read("number", number, Wrong::CardNumber, digits::<CardNumber>);
        let expiry = wrongs.read("expiry", &self.expiry, Wrong::Expiry, expiry);
        let cvc = wrongs.read("cvc", cvc, Wrong::Cvc, digits::<Cvc>);
        let (card_number, (expiry_month, expiry_year), cvc) = (number?, expiry?, cvc?);
        let details = CardDetails { card_number, expiry_month, expiry_year, cvc };
        Some(PaymentMethodRequest { payment_type: PaymentType::Card, details })
    }

    /// Notes the fields that the Payment Service rejected. Returns false if it named none.
    pub(crate) fn note(wrongs: &mut Wrongs, error: &ApiError) -> bool {
        wrongs.note(
            error,
            &[
                ("details.card_number", "number", Wrong::CheckDigit),
                ("details.expiry_month", "expiry", Wrong::Expiry),
                ("details.expiry_year", "expiry", Wrong::Expired),
                ("details.cvc", "cvc", Wrong::Cvc),
            ],
        )
    }
}

/// Returns what was written, or an empty text.
fn shown(text: Option<&Sensitive>) -> &str {
    text.map_or("", Sensitive::expose)
}

/// Reads digits with spaces or hyphens between them, as people group them.
fn digits<T: DeserializeOwned>(text: &str) -> Option<T> {
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    let digits = Sensitive::from(digits);
    serde_json::from_value(digits.expose().into()).ok()
}

/// Reads month and year: `4/29`, `04 / 2029`, `0429`.
fn expiry(text: &str) -> Option<(u8, u16)> {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let (month, year) = match text.split_once(['/', '-', '.']) {
        Some(parts) => parts,
        None => text.split_at_checked(2)?,
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(month) || !is_number(year) || !matches!(year.len(), 2 | 4) {
        return None;
    }
    let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    let year: u16 = year.parse().ok()?;
    Some((month, if year < 100 { 2000 + year } else { year }))
        .filter(|(_, year)| (2000..=2100).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(number: &str, expiry: &str, cvc: &str) -> CardFields {
        CardFields { number: Some(number.into()), expiry: expiry.to_owned(), cvc: Some(cvc.into()) }
    }

    #[test]
    fn card_is_read_as_people_write_it() {
        for (number, expiry) in [
            ("4242424242424242", "04/29"),
            ("4242 4242 4242 4242", "4/29"),
            (" 4242-4242-4242-4242 ", "04 / 2029"),
            ("4242\u{a0}4242 4242 4242", "0429"),
            ("4242424242424242", "042029"),
        ] {
            let mut wrongs = Wrongs::default();
            let read = card(number, expiry, " 123 ").read(&mut wrongs).unwrap().details;
            assert_eq!(read.card_number.expose(), "4242424242424242");
            assert_eq!((read.expiry_month, read.expiry_year, wrongs.is_empty()), (4, 2029, true), "{expiry}");
        }
    }

    #[test]
    fn each_wrong_field_of_a_card_is_named() {
        let mut wrongs = Wrongs::default();
        assert!(card("4242", "13/29", "12").read(&mut wrongs).is_none());
        let of = ["number", "expiry", "cvc"].map(|name| wrongs.of(name));
        assert_eq!(of, [Some(Wrong::CardNumber), Some(Wrong::Expiry), Some(Wrong::Cvc)]);
        let mut wrongs = Wrongs::default();
        assert!(CardFields::default().read(&mut wrongs).is_none());
        assert_eq!(["number", "expiry", "cvc"].map(|name| wrongs.of(name)), [Some(Wrong::Missing); 3]);
    }

    #[test]
    fn expiry_in_another_form_is_refused() {
        for bad in [
            "", "0", "00/29", "4", "04/", "/29", "04/9", "04/029", "04/1999", "04/2101", "ab/cd", "+4/29",
            "4é29",
        ] {
            assert_eq!(expiry(bad), None, "{bad}");
        }
    }

    #[test]
    fn card_fields_do_not_print() {
        let printed = format!("{:?}", card("4716059284713367", "04/29", "739"));
        assert!(!printed.contains("4716") && !printed.contains("739"), "{printed}");
    }
}
