//! The state of a product's description.

use estore_contract::inventory::Product;

/// The version of a description, and the time at which it was written. After a restore from a
/// backup, versions repeat, and times do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// Grows by one with each change.
    pub version: u64,
    /// Milliseconds since 1970.
    pub updated: i64,
}

impl Edition {
    /// Returns the edition of `product`.
    #[must_use]
    pub fn of(product: &Product) -> Self {
        let updated = product.updated_at.unix_timestamp_nanos() / 1_000_000;
        Self { version: product.version, updated: i64::try_from(updated).unwrap_or_default() }
    }
}
