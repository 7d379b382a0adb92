//! The countries of ISO 3166-1, and those of them without postal codes.

use rust_iso3166::ALL_ALPHA2;

use crate::text::Country;

/// Countries in which an address needs no postal code: they have none, or few people know theirs.
/// No maintained crate has this list, and published lists differ. A missing country rejects good
/// addresses. A surplus country only admits an address without a code, so this list follows the
/// wider ones.
const WITHOUT_POSTCODE: &str = "AE AG AO AQ AW BF BI BJ BM BO BQ BS BV BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GN GQ GY HK HM \
    IE JM KI KM KN KP LC LY ML MO MR MS MW NR NU PA QA RW SB SC SL SO SR SS ST SX SY TD TF TG TK TL TO TT TV UG VC VU YE ZW";

impl Country {
    /// Returns true if an address in the country needs a postal code.
    #[must_use]
    pub fn has_postcodes(&self) -> bool {
        !WITHOUT_POSTCODE.split_whitespace().any(|code| code == self.as_str())
    }
}

pub(crate) fn is_known(code: &str) -> bool {
    ALL_ALPHA2.contains(&code)
}

pub(crate) fn pattern() -> String {
    format!("^({})$", ALL_ALPHA2.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_without_postcodes_is_a_country() {
        assert!(WITHOUT_POSTCODE.split_whitespace().all(is_known));
    }
}
