//! The access token, read from the `Authorization` header only (RFC 6750, section 2.1).

use estore_contract::{Code, Sensitive};
use http::{HeaderMap, header};

use crate::Problem;

/// Longer than any of our tokens. A longer token is rejected before it is hashed or checked.
const LONGEST: usize = 4096;

/// Returns the access token of a request.
pub fn token(headers: &HeaderMap) -> Result<Sensitive, Problem> {
    let missing = || Problem::new(Code::MissingToken, "Send an access token: Authorization: Bearer ….");
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(missing()) };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    match token.trim() {
        "" => Err(missing()),
        token if token.len() > LONGEST => Err(refused()),
        token => Ok(Sensitive::from(token)),
    }
}

/// Returns the answer to a token that may not be used.
#[must_use]
pub fn refused() -> Problem {
    Problem::new(Code::InvalidToken, "The access token is not valid; log in again.")
}
