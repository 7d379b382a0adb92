//! Extractors that turn a request into validated values, or reject it with the contract's errors.

mod body;
mod entity_tags;
mod idempotency;
mod json;
mod path;
mod query;
mod schema;

pub use body::{BODY_LIMIT, BODY_TIMEOUT, read_body, read_file};
pub use entity_tags::{IfMatch, IfNoneMatch};
pub use idempotency::{IdempotencyKey, replayed};
pub use json::{Json, parse_json};
pub use path::Path;
pub use query::{Form, Query, is_form};
