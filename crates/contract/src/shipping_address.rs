//! The address to which an order is shipped.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::ToSchema;

use crate::{
    address::{Address, KeptAddress},
    text::{AddressLine, Country, PersonName, Postcode},
};

/// The address to which an order is shipped, and the person who receives it. A postal code is
/// required if the country has postal codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schema(example = json!({
    "line1": "1 Main Street", "city": "Berlin", "postal_code": "10115", "country": "DE", "recipient": "Ada Lovelace"
}))]
pub struct ShippingAddress {
    /// Street and number.
    pub line1: AddressLine,
    /// Flat, floor or company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<AddressLine>,
    /// Town.
    pub city: AddressLine,
    /// State, province or county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<AddressLine>,
    /// Postal code. Optional if the country has none, such as Hong Kong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Postcode>,
    /// Country code (ISO 3166-1 alpha-2).
    pub country: Country,
    /// The person who receives the parcels. Without one, that is the owner of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<PersonName>,
}

impl ShippingAddress {
    /// Creates the address of a parcel to `recipient`, or to the owner of the account.
    #[must_use]
    pub fn new(address: Address, recipient: Option<PersonName>) -> Self {
        let Address { line1, line2, city, region, postal_code, country } = address;
        Self { line1, line2, city, region, postal_code, country, recipient }
    }

    /// Returns the address without the recipient.
    #[must_use]
    pub fn address(&self) -> Address {
        let Self { line1, line2, city, region, postal_code, country, recipient: _ } = self.clone();
        Address { line1, line2, city, region, postal_code, country }
    }

    /// Reads an address that another service returns from its store, if there is one. Goes with
    /// `default`.
    pub(crate) fn deserialize_kept_if_any<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Self>, D::Error> {
        Option::<KeptShippingAddress>::deserialize(deserializer).map(|kept| kept.map(Self::from))
    }
}

impl Serialize for ShippingAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for ShippingAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Self::deserialize(deserializer)?;
        if read.postal_code.is_none() && read.country.has_postcodes() {
            return Err(D::Error::missing_field("postal_code"));
        }
        Ok(read)
    }
}

/// A shipping address as read from a store. It was accepted earlier, under the rules of that time.
#[derive(Debug, Deserialize)]
pub(crate) struct KeptShippingAddress {
    #[serde(flatten)]
    address: KeptAddress,
    recipient: Option<String>,
}

impl From<KeptShippingAddress> for ShippingAddress {
    fn from(KeptShippingAddress { address, recipient }: KeptShippingAddress) -> Self {
        Self::new(address.into(), recipient.map(PersonName::kept))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json, to_string};

    use super::*;

    fn address(country: &str, postcode: Option<&str>) -> Value {
        json!({"line1": "1 Main Street", "city": "A town", "country": country, "postal_code": postcode})
    }

    #[test]
    fn address_without_recipient_stays_as_it_was() {
        let plain: Address = from_value(address("DE", Some("10115"))).unwrap();
        let shipped = ShippingAddress::new(plain.clone(), None);
        assert_eq!(to_string(&shipped).unwrap(), to_string(&plain).unwrap());
        assert_eq!(shipped.address(), plain);
        assert_eq!(from_value::<ShippingAddress>(address("DE", Some("10115"))).unwrap(), shipped);
    }

    #[test]
    fn recipient_follows_the_rules_of_names() {
        let mut read = address("DE", Some("10115"));
        for (recipient, is_good) in [("Ada Lovelace", true), ("", false), ("prize.example", false)] {
            read["recipient"] = json!(recipient);
            assert_eq!(from_value::<ShippingAddress>(read.clone()).is_ok(), is_good, "{recipient}");
        }
        read["recipient"] = json!("see prize.example");
        let kept: KeptShippingAddress = from_value(read).unwrap();
        assert_eq!(ShippingAddress::from(kept).recipient.unwrap().as_str(), "see prize.example");
    }

    #[test]
    fn postcode_is_required_in_shipping_too() {
        assert!(from_value::<ShippingAddress>(address("HK", None)).is_ok());
        assert!(from_value::<ShippingAddress>(address("DE", None)).is_err());
    }
}
