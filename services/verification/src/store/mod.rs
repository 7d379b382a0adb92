//! The only place that talks to the database: one file for each aggregate.

pub mod outbox;
pub mod reports;
pub mod templates;
pub mod tokens;
pub mod verifications;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// A name that was written by the same type's serialization.
fn named<T: DeserializeOwned>(column: &str, name: String) -> Result<T, sqlx::Error> {
    serde_json::from_value(Value::String(name))
        .map_err(|error| sqlx::Error::ColumnDecode { index: column.to_owned(), source: error.into() })
}
