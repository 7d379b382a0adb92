//! What is the same of a header wherever a route takes it.

use utoipa::openapi::{
    ObjectBuilder, OpenApi, RefOr, Required, Schema, Type,
    path::{Operation, Parameter, ParameterIn, PathItem},
};

/// The description of a pattern is the pattern in words, which a refusal says.
const KEY_SAYS: &str = "must be 1 to 255 visible ASCII characters";
/// Visible ASCII, of which something is left without quotes.
const KEY: &str = "^[!-~]*[!#-~][!-~]*$";
/// The same, or nothing: where a key may be left out, an empty one is none.
const KEY_OR_NONE: &str = "^[!-~]*$";
const KEY_LENGTH: usize = 255;

/// What [`crate::extract::IfMatch`] takes, for clients that write one line.
const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"([ \t]*,[ \t]*(W/)?"[!#-~]*")*)$"#;
const TAGS_SAY: &str = "must be * or a list of entity tags, each in quotes";

/// Says of each `Idempotency-Key` and `If-Match` what the extractors take.
pub(super) fn describe(document: &mut OpenApi) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
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

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}
