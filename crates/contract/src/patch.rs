//! Merge patches (RFC 7396), which distinguish an absent field, `null` and a value.

use serde::{Deserialize, Deserializer};

/// Reads a field that may be omitted, but not `null`.
pub(crate) fn value<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads a field that may be omitted, and that `null` clears.
pub(crate) fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
