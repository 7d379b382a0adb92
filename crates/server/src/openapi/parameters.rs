//! The common description of header parameters, the same for every route that accepts them.

use utoipa::openapi::{
    ObjectBuilder, OpenApi, RefOr, Required, Schema, Type,
    path::{Parameter, ParameterIn},
};

use super::operations;

/// The description of a pattern states it in words, which the error message repeats.
const KEY_SAYS: &str = "must be 1 to 255 visible ASCII characters";
/// Visible ASCII with at least one character that is not a quote.
const KEY: &str = "^[!-~]*[!#-~][!-~]*$";
/// The same, or nothing: if a key is optional, an empty one counts as absent.
const KEY_OR_NONE: &str = "^[!-~]*$";
const KEY_LENGTH: usize = 255;

/// The header that [`crate::extract::IfMatch`] accepts, for clients that send one line.
const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"([ \t]*,[ \t]*(W/)?"[!#-~]*")*)$"#;
const TAGS_SAY: &str = "must be * or a list of entity tags, each in quotes";

/// Describes each `Idempotency-Key` and `If-Match` parameter as the extractors accept it.
pub(super) fn describe(document: &mut OpenApi) {
    for operation in operations(document) {
        for parameter in operation.parameters.iter_mut().flatten() {
            let RefOr::T(Parameter { name, parameter_in: ParameterIn::Header, required, schema, .. }) =
                parameter
            else {
                continue;
            };
            if name == "Idempotency-Key" {
                let (least, pattern) =
                    if *required == Required::True { (Some(1), KEY) } else { (None, KEY_OR_NONE) };
                let key = ObjectBuilder::new().schema_type(Type::String).min_length(least);
                let key = key.max_length(Some(KEY_LENGTH)).pattern(Some(pattern));
                let key = key.description(Some(KEY_SAYS));
                *schema = Some(RefOr::T(Schema::Object(key.build())));
            } else if name == "If-Match" {
                let tags = ObjectBuilder::new().schema_type(Type::String).pattern(Some(TAGS));
                *schema = Some(RefOr::T(Schema::Object(tags.description(Some(TAGS_SAY)).build())));
            }
        }
    }
}
