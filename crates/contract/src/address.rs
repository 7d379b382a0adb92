//! The address to which parcels are sent.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::ToSchema;

use crate::text::{AddressLine, Country, Postcode};

/// The address to which parcels are sent. A postal code is required if the country has postal
/// codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schema(example = json!({"line1": "1 Main Street", "city": "Berlin", "postal_code": "10115", "country": "DE"}))]
pub struct Address {
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
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let address = Self::deserialize(deserializer)?;
        if address.postal_code.is_none() && address.country.has_postcodes() {
            return Err(D::Error::missing_field("postal_code"));
        }
        Ok(address)
    }
}

impl Address {
    /// Reads an address that another service returns from its store, as [`KeptAddress`] does.
    pub(crate) fn deserialize_kept<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        KeptAddress::deserialize(deserializer).map(Self::from)
    }

    /// Reads such an address if there is one. Goes with `default`.
    pub(crate) fn deserialize_kept_if_any<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Self>, D::Error> {
        Option::<KeptAddress>::deserialize(deserializer).map(|kept| kept.map(Self::from))
    }
}

/// An address as read from a store. It was accepted earlier, under the rules of that time.
#[derive(Debug, Deserialize)]
pub struct KeptAddress {
    line1: String,
    line2: Option<String>,
    city: String,
    region: Option<String>,
    postal_code: Option<String>,
    country: String,
}

impl From<KeptAddress> for Address {
    fn from(kept: KeptAddress) -> Self {
        Self {
            line1: AddressLine::kept(kept.line1),
            line2: kept.line2.map(AddressLine::kept),
            city: AddressLine::kept(kept.city),
            region: kept.region.map(AddressLine::kept),
            postal_code: kept.postal_code.map(Postcode::kept),
            country: Country::kept(kept.country),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    fn address(country: &str, postcode: Option<&str>) -> Value {
        json!({"line1": "1 Main Street", "city": "A town", "country": country, "postal_code": postcode})
    }

    #[test]
    fn postcode_is_required_if_the_country_has_some() {
        for (country, postcode) in [("DE", Some("10115")), ("HK", None), ("AE", None), ("HK", Some("999077"))]
        {
            assert!(from_value::<Address>(address(country, postcode)).is_ok(), "{country} {postcode:?}");
        }
        for (country, postcode) in [("DE", None), ("XX", Some("10115")), ("UK", Some("KA7 1AA"))] {
            assert!(from_value::<Address>(address(country, postcode)).is_err(), "{country} {postcode:?}");
        }
    }

    #[test]
    fn kept_address_that_breaks_a_rule_is_read() {
        let old = address("UK", Some("KA7 1AA"));
        let read = Address::from(from_value::<KeptAddress>(old).unwrap());
        assert_eq!(read.country.as_str(), "UK");
    }
}
