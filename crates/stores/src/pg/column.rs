//! Columns whose type admits more values than the type that they are read into.

use std::{error::Error, str::FromStr};

use sqlx::{Row, postgres::PgRow};

/// Parses the text of a column. The error names the column.
pub fn parsed<T: FromStr<Err: Error + Send + Sync + 'static>>(
    row: &PgRow,
    column: &str,
) -> Result<T, sqlx::Error> {
    parse(row.try_get(column)?, column)
}

/// Parses the text of a column that may be null.
pub fn parsed_if_any<T: FromStr<Err: Error + Send + Sync + 'static>>(
    row: &PgRow,
    column: &str,
) -> Result<Option<T>, sqlx::Error> {
    row.try_get::<Option<&str>, _>(column)?.map(|text| parse(text, column)).transpose()
}

/// Returns a count. The error names the column if the number is negative.
pub fn count(row: &PgRow, column: &str) -> Result<u32, sqlx::Error> {
    u32::try_from(row.try_get::<i32, _>(column)?).map_err(|error| corrupt(column, error))
}

fn parse<T: FromStr<Err: Error + Send + Sync + 'static>>(text: &str, column: &str) -> Result<T, sqlx::Error> {
    text.parse().map_err(|error| corrupt(column, error))
}

fn corrupt(column: &str, error: impl Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use estore_contract::introspection::Role;

    use super::*;

    #[test]
    fn corrupt_text_is_an_error_with_its_column() {
        assert_eq!(parse::<Role>("admin", "role").unwrap(), Role::Admin);
        let error = parse::<Role>("secret", "role").unwrap_err().to_string();
        assert!(error.contains("role") && !error.contains("secret"), "{error}");
    }
}
