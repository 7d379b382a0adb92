//! Extractors that turn a request into values that cannot be wrong, or into the contract's refusals.

mod body;
mod idempotency;
mod if_match;
mod json;
mod path;
mod query;
mod schema;

pub use body::{BODY_LIMIT, BODY_TIMEOUT, read_body};
pub use idempotency::{IdempotencyKey, replayed};
pub use if_match::IfMatch;
pub use json::{Json, parse_json};
pub use path::Path;
pub use query::{Form, Query, is_form};
