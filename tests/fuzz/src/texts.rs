//! The types of short texts. An accepted text is within its rule, in one canonical form, and reads
//! back equal.

use estore_contract::{
    Email, Money, Sku,
    text::{AddressLine, Country, Label, PersonName, Phone, Postcode, ShortText, Slug, Tag, Title},
};
use estore_server::extract::parse_json;
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::text;

pub(crate) fn check(data: &[u8]) {
    let Some(text) = text(data) else { return };
    email(text);
    if let Ok(sku) = text.parse::<Sku>() {
        assert!((1..=64).contains(&sku.as_str().len()) && sku.as_str() == text && same(&sku));
    }
    plain::<PersonName>(text, 100);
    plain::<AddressLine>(text, 200);
    plain::<Label>(text, 40);
    plain::<ShortText>(text, 200);
    plain::<Title>(text, 200);
    plain::<Postcode>(text, 16);
    plain::<Phone>(text, 16);
    plain::<Country>(text, 2);
    plain::<Slug>(text, 64);
    plain::<Tag>(text, 40);
    money(text);
}

fn email(text: &str) {
    let Ok(email) = text.parse::<Email>() else { return };
    let address = email.as_str();
    assert!(address.len() <= 254 && address.is_ascii() && address == address.to_ascii_lowercase());
    assert!(address.bytes().all(|byte| byte.is_ascii_graphic()) && !address.contains([',', '<', '>', '"']));
    assert_eq!(address.parse::<Email>().ok().as_ref(), Some(&email), "one canonical form");
    // The schema knows labels that IDNA reserves, such as `ab--c`, and may refuse more.
    let written = serde_json::to_vec(address).unwrap_or_default();
    assert!(parse_json::<Email>(&written).is_ok_and(|read| read == email) || address.contains("--"));
}

/// Checks a text of at most `most` characters, none of which forges a log line or a header.
fn plain<T: DeserializeOwned + Serialize + ToSchema + PartialEq + 'static>(text: &str, most: usize) {
    let Ok(value) = serde_json::from_value::<T>(text.into()) else {
        // The type accepts all that the schema accepts.
        let written = serde_json::to_vec(text).unwrap_or_default();
        assert!(parse_json::<T>(&written).is_err());
        return;
    };
    assert!(text.chars().count() <= most && text.trim() == text && !text.chars().any(char::is_control));
    assert!(same(&value), "{text:?} breaks its own schema");
}

/// Returns true if the value reads back equal through its schema.
fn same<T: DeserializeOwned + Serialize + ToSchema + PartialEq + 'static>(value: &T) -> bool {
    let written = serde_json::to_vec(value).unwrap_or_default();
    parse_json::<T>(&written).is_ok_and(|again| again == *value)
}

fn money(text: &str) {
    let Ok(money) = serde_json::from_str::<Money>(text) else { return };
    assert!((0..=Money::MAX).contains(&money.amount) && money.currency.code().len() == 3);
    assert!(same(&money));
    let sums = [money.plus(money), money.times(999), money.times(u32::MAX)];
    assert!(sums.into_iter().flatten().all(|sum| (0..=Money::MAX).contains(&sum.amount)));
    assert!(money.to_string().ends_with(money.currency.code()));
}
