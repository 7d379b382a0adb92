//! The words by which a page names an address or a card.

use estore_contract::{
    card::expires_before,
    payment::{CardView, ShippingAddress},
    text::PersonName,
    user::{Address, SavedAddress},
    verification::Locale,
};
use time::OffsetDateTime;

use crate::{app::App, checkout::TEST_CARDS, forms::country_name, texts::Texts};

/// The values with which the fields of a card are filled in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FilledCard {
    pub(crate) number: &'static str,
    pub(crate) expiry: String,
    pub(crate) cvc: &'static str,
    /// The id of the list of suggestions.
    pub(crate) list: &'static str,
}

impl FilledCard {
    /// Returns the first test card in a demonstration, and else nothing.
    pub(crate) fn of(app: &App) -> Self {
        let [first, ..] = TEST_CARDS;
        if !app.config.demo {
            return Self::default();
        }
        let year = (app.clock.now().year() + 3) % 100;
        Self { number: first.number, expiry: format!("12/{year:02}"), cvc: "123", list: "test-cards" }
    }
}

/// Writes an address in one line, as its country's post reads it.
pub(crate) fn address(address: &Address, locale: Locale) -> String {
    let Address { line1, line2, city, region, postal_code, country } = address;
    let town = match postal_code {
        Some(code) => format!("{code} {city}"),
        None => city.to_string(),
    };
    let parts = [
        Some(line1.to_string()),
        line2.as_ref().map(ToString::to_string),
        Some(town),
        region.as_ref().map(ToString::to_string),
        Some(country_name(country.as_str(), locale).to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Writes the address of an order in one line, after its recipient.
pub(crate) fn shipping_address(of: &ShippingAddress, locale: Locale) -> String {
    received(of.recipient.as_ref(), &of.address(), locale)
}

fn received(recipient: Option<&PersonName>, at: &Address, locale: Locale) -> String {
    let line = address(at, locale);
    recipient.map_or(line.clone(), |recipient| format!("{recipient}, {line}"))
}

/// Writes an entry of the address book in one line.
pub(crate) fn saved_address(saved: &SavedAddress, locale: Locale) -> String {
    let line = received(saved.recipient.as_ref(), &saved.address, locale);
    saved.label.as_ref().map_or(line.clone(), |label| format!("{label}: {line}"))
}

/// Writes the scheme of a card as people know it.
pub(crate) fn brand(brand: &str, locale: Locale) -> &str {
    match (brand, locale) {
        ("visa", _) => "Visa",
        ("mastercard", _) => "Mastercard",
        ("amex", _) => "American Express",
        ("discover", _) => "Discover",
        ("diners", _) => "Diners Club",
        ("jcb", _) => "JCB",
        ("unionpay", _) => "UnionPay",
        ("maestro", _) => "Maestro",
        (_, Locale::En) => "Card",
        (_, Locale::De) => "Karte",
    }
}

/// Writes a saved card in one line.
pub(crate) fn card(card: &CardView, now: OffsetDateTime, locale: Locale) -> String {
    let t = &Texts::of(locale).account;
    let CardView { last4, expiry_month: month, expiry_year: year, .. } = card;
    let (brand, ending, valid) = (brand(&card.brand, locale), t.ending, t.expires);
    let expired = if is_expired(card, now) { format!(" ({})", t.expired) } else { String::new() };
    format!("{brand} {ending} {last4}, {valid} {month:02}/{:02}{expired}", year % 100)
}

/// Returns true if Payment refuses the card because it has expired.
pub(crate) fn is_expired(card: &CardView, now: OffsetDateTime) -> bool {
    expires_before(now, card.expiry_month, card.expiry_year)
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};
    use time::macros::datetime;

    use super::*;

    #[test]
    fn address_is_one_line_in_each_language() {
        let saved: SavedAddress = from_value(json!({
            "id": "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01", "label": "Home", "recipient": "Ada", "is_default": true,
            "address": {"line1": "1 Main Street", "city": "Berlin", "postal_code": "10115", "country": "DE"},
        }))
        .unwrap();
        assert_eq!(address(&saved.address, Locale::En), "1 Main Street, 10115 Berlin, Germany");
        assert_eq!(saved_address(&saved, Locale::De), "Home: Ada, 1 Main Street, 10115 Berlin, Deutschland");
        let shipped = ShippingAddress::new(saved.address.clone(), saved.recipient);
        assert_eq!(shipping_address(&shipped, Locale::En), "Ada, 1 Main Street, 10115 Berlin, Germany");
        let plain = ShippingAddress { recipient: None, ..shipped };
        assert_eq!(shipping_address(&plain, Locale::En), "1 Main Street, 10115 Berlin, Germany");
    }

    #[test]
    fn card_is_valid_through_its_last_month() {
        let visa = CardView {
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
            expiry_month: 4,
            expiry_year: 2029,
        };
        let shown = |now| card(&visa, now, Locale::En);
        assert_eq!(shown(datetime!(2029-05-01 11:59 UTC)), "Visa ending in 4242, valid until 04/29");
        assert_eq!(
            shown(datetime!(2029-05-01 12:00 UTC)),
            "Visa ending in 4242, valid until 04/29 (expired)"
        );
    }
}
