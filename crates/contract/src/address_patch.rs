//! Changes to an address (RFC 7396).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    FieldError,
    text::{AddressLine, Country, Postcode},
    user::Address,
};

/// A change to an address. An omitted field keeps its value. `null` clears a field that an address
/// may lack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"line1": "2 Side Street", "line2": null}))]
pub struct AddressPatch {
    /// Street and number.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub line1: Option<AddressLine>,
    /// Flat, floor or company.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<AddressLine>)]
    pub line2: Option<Option<AddressLine>>,
    /// Town.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub city: Option<AddressLine>,
    /// State, province or county.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<AddressLine>)]
    pub region: Option<Option<AddressLine>>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<Postcode>)]
    pub postal_code: Option<Option<Postcode>>,
    /// Country code (ISO 3166-1 alpha-2).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub country: Option<Country>,
}

impl AddressPatch {
    /// Applies the patch to `kept`. If there was no address, returns the required fields that are
    /// still missing.
    pub fn onto(self, kept: Option<Address>) -> Result<Address, Vec<FieldError>> {
        let kept = kept.map(Self::from).unwrap_or_default();
        let merged = Self {
            line1: self.line1.or(kept.line1),
            line2: self.line2.or(kept.line2),
            city: self.city.or(kept.city),
            region: self.region.or(kept.region),
            postal_code: self.postal_code.or(kept.postal_code),
            country: self.country.or(kept.country),
        };
        let lacks = merged.lacks();
        match (merged.line1, merged.city, merged.country) {
            (Some(line1), Some(city), Some(country)) if lacks.is_empty() => Ok(Address {
                line1,
                line2: merged.line2.flatten(),
                city,
                region: merged.region.flatten(),
                postal_code: merged.postal_code.flatten(),
                country,
            }),
            _ => Err(lacks),
        }
    }

    fn lacks(&self) -> Vec<FieldError> {
        let has_postcode = self.postal_code.as_ref().is_some_and(Option::is_some);
        let takes_none = self.country.as_ref().is_some_and(|country| !country.has_postcodes());
        let needed = [
            ("line1", self.line1.is_some()),
            ("city", self.city.is_some()),
            ("postal_code", has_postcode || takes_none),
            ("country", self.country.is_some()),
        ];
        let missing = needed.into_iter().filter(|(_, there)| !there);
        missing.map(|(name, _)| FieldError::new(format!("shipping_address.{name}"), "is required")).collect()
    }
}

impl From<Address> for AddressPatch {
    fn from(address: Address) -> Self {
        let Address { line1, line2, city, region, postal_code, country } = address;
        Self {
            line1: Some(line1),
            line2: Some(line2),
            city: Some(city),
            region: Some(region),
            postal_code: Some(postal_code),
            country: Some(country),
        }
    }
}
