//! The fields of an address.

use estore_contract::{
    text::{AddressLine, Country, Label, PersonName, Postcode},
    user::{Address, AddressBody, SavedAddress},
};
use serde::Deserialize;

use super::{Wrong, Wrongs};

/// The fields of an address, as a visitor wrote them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct AddressFields {
    pub(crate) label: String,
    pub(crate) recipient: String,
    pub(crate) line1: String,
    pub(crate) line2: String,
    pub(crate) postal_code: String,
    pub(crate) city: String,
    pub(crate) region: String,
    pub(crate) country: String,
}

impl AddressFields {
    /// Reads the address and its entry in the address book, or notes what is wrong.
    pub(crate) fn read(&self, wrongs: &mut Wrongs) -> Option<AddressBody> {
        let line = |text: &str| AddressLine::try_from(text.to_owned()).ok();
        let label = wrongs
            .read_optional("label", &self.label, Wrong::Label, |text| Label::try_from(text.to_owned()).ok());
        let recipient = wrongs.read_optional("recipient", &self.recipient, Wrong::Name, |text| {
            PersonName::try_from(text.to_owned()).ok()
        });
        let line1 = wrongs.read("line1", &self.line1, Wrong::Line, line);
        let line2 = wrongs.read_optional("line2", &self.line2, Wrong::Line, line);
        let postal_code = wrongs.read_optional("postal_code", &self.postal_code, Wrong::Postcode, |text| {
            Postcode::try_from(text.to_owned()).ok()
        });
        let city = wrongs.read("city", &self.city, Wrong::Line, line);
        let region = wrongs.read_optional("region", &self.region, Wrong::Line, line);
        let country = wrongs
            .read("country", &self.country, Wrong::Country, |text| Country::try_from(text.to_owned()).ok());
        if postal_code == Some(None) && country.as_ref().is_some_and(Country::has_postcodes) {
            wrongs.add("postal_code", Wrong::NoPostcode);
            return None;
        }
        Some(AddressBody {
            label: label?,
            recipient: recipient?,
            address: Address {
                line1: line1?,
                line2: line2?,
                city: city?,
                region: region?,
                postal_code: postal_code?,
                country: country?,
            },
            is_default: None,
        })
    }
}

impl From<&SavedAddress> for AddressFields {
    fn from(saved: &SavedAddress) -> Self {
        let text = |line: Option<&AddressLine>| line.map(ToString::to_string).unwrap_or_default();
        let Address { line1, line2, city, region, postal_code, country } = &saved.address;
        Self {
            label: saved.label.as_ref().map(ToString::to_string).unwrap_or_default(),
            recipient: saved.recipient.as_ref().map(ToString::to_string).unwrap_or_default(),
            line1: line1.to_string(),
            line2: text(line2.as_ref()),
            postal_code: postal_code.as_ref().map(ToString::to_string).unwrap_or_default(),
            city: city.to_string(),
            region: text(region.as_ref()),
            country: country.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> AddressFields {
        AddressFields {
            line1: " 1 Main Street ".to_owned(),
            postal_code: "10115".to_owned(),
            city: "Berlin".to_owned(),
            country: "DE".to_owned(),
            ..AddressFields::default()
        }
    }

    #[test]
    fn address_is_read_and_trimmed() {
        let mut wrongs = Wrongs::default();
        let read = AddressFields { recipient: "Ada".to_owned(), ..fields() }.read(&mut wrongs).unwrap();
        assert_eq!(read.address.line1.as_str(), "1 Main Street");
        assert_eq!((read.recipient.unwrap().as_str(), read.address.line2), ("Ada", None));
        assert!(wrongs.is_empty() && read.label.is_none());
    }

    #[test]
    fn each_wrong_field_of_an_address_is_named() {
        let mut wrongs = Wrongs::default();
        let read = AddressFields {
            line1: "https://evil.example".to_owned(),
            city: "  ".to_owned(),
            postal_code: "!".to_owned(),
            country: "UK".to_owned(),
            label: "x".repeat(41),
            ..AddressFields::default()
        }
        .read(&mut wrongs);
        assert_eq!(read, None);
        let of = ["line1", "city", "postal_code", "country", "label", "region"].map(|name| wrongs.of(name));
        let expected = [Wrong::Line, Wrong::Missing, Wrong::Postcode, Wrong::Country, Wrong::Label];
        assert_eq!(of.into_iter().flatten().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn postcode_is_asked_for_where_there_are_some() {
        let empty = AddressFields { postal_code: String::new(), ..fields() };
        let mut wrongs = Wrongs::default();
        assert_eq!(empty.read(&mut wrongs), None);
        assert_eq!(wrongs.of("postal_code"), Some(Wrong::NoPostcode));
        let hong_kong = AddressFields { country: "HK".to_owned(), ..empty };
        assert!(hong_kong.read(&mut Wrongs::default()).is_some());
    }
}
