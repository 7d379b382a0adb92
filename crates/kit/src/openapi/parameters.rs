//! What is the same of a header wherever a route takes it.

use utoipa::openapi::{
    ObjectBuilder, OpenApi, RefOr, Required, Schema, Type,
    path::{Operation, Parameter, ParameterIn, PathItem},
};

/// Visible ASCII, of which something is left without quotes.
const KEY: &str = "^[!-~]*[!#-~][!-~]*$";
/// The same, or nothing: where a key may be left out, an empty one is none.
const KEY_OR_NONE: &str = "^[!-~]*$";
const KEY_LENGTH: usize = 255;

/// Says of each `Idempotency-Key` what [`crate::extract::IdempotencyKey`] takes.
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
                *schema = Some(RefOr::T(Schema::Object(key.build())));
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}
