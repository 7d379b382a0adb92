//! Checks a body against its schema. Reports every wrong field at once, and never repeats the
//! client's input, which may be a password.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use estore_contract::FieldError;
use jsonschema::{
    JsonType, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::Problem;

/// The validators, each compiled once.
static VALIDATORS: LazyLock<RwLock<HashMap<TypeId, Arc<Judge>>>> = LazyLock::new(RwLock::default);

/// A schema and its compiled validator.
struct Judge {
    schema: Value,
    validator: Validator,
}

fn judge<T: ToSchema + 'static>() -> Result<Arc<Judge>, Problem> {
    let id = TypeId::of::<T>();
    if let Some(known) = VALIDATORS.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Ok(known.clone());
    }
    let schema = schema_of::<T>();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).map_err(|error| {
        Problem::internal(format!("the schema of the body {} does not compile: {error}", T::name()))
    })?;
    let compiled = Arc::new(Judge { schema, validator });
    VALIDATORS.write().unwrap_or_else(PoisonError::into_inner).insert(id, compiled.clone());
    Ok(compiled)
}

/// Returns every violation of `T`'s schema by `body`.
///
/// # Errors
///
/// 500 if the schema does not compile: a body that was not checked is not let in.
pub(super) fn violations<T: ToSchema + 'static>(body: &Value) -> Result<Vec<FieldError>, Problem> {
    let judge = judge::<T>()?;
    // Most bodies are valid, and this check is several times faster than the search for errors.
    if judge.validator.is_valid(body) {
        return Ok(Vec::new());
    }
    let mut fields: Vec<FieldError> =
        judge.validator.iter_errors(body).flat_map(|error| describe(&judge.schema, &error)).collect();
    fields.dedup_by(|a, b| a.field == b.field);
    fields.truncate(100);
    Ok(fields)
}

fn schema_of<T: ToSchema>() -> Value {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let parts: Map<String, Value> =
        parts.into_iter().filter_map(|(name, part)| Some((name, serde_json::to_value(part).ok()?))).collect();
    json!({ "allOf": [T::schema()], "components": { "schemas": parts } })
}

/// Converts serde's error and drops the value: `invalid type: string "x", expected u8` becomes
/// `must be u8`.
pub(super) fn from_serde(path: &str, text: &str) -> FieldError {
    let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
    let named = |text: &str| text.split('`').nth(1).unwrap_or_default().to_owned();
    if text.starts_with("missing field") {
        FieldError::new(join(parent(path, ""), &named(text)), "is required")
    } else if text.starts_with("unknown field") {
        let name = named(text);
        FieldError::new(join(parent(path, &name), &name), "is not a known field")
    } else if let Some((_, "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64")) =
        text.split_once(", expected ")
    {
        FieldError::new(place(path), "must be a whole number, without a point")
    } else if let Some((_, expected)) = text.split_once(", expected ") {
        FieldError::new(place(path), format!("must be {expected}"))
    } else {
        FieldError::new(place(path), text)
    }
}

fn parent<'a>(path: &'a str, name: &str) -> &'a str {
    let path = if path == "." { "" } else { path };
    if name.is_empty() {
        path
    } else {
        path.strip_suffix(name).map_or(path, |parent| parent.trim_end_matches('.'))
    }
}

fn place(path: &str) -> String {
    if path == "." || path.is_empty() { "body".to_owned() } else { path.to_owned() }
}

fn describe(schema: &Value, error: &ValidationError<'_>) -> Vec<FieldError> {
    let path = dotted(&error.instance_path().to_string());
    let one = |message: String| vec![FieldError::new(place(&path), message)];
    match error.kind() {
        Kind::Required { property } => {
            vec![FieldError::new(join(&path, property.as_str().unwrap_or_default()), "is required")]
        }
        Kind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| FieldError::new(join(&path, name), "is not a known field")).collect()
        }
        Kind::Type { kind } => one(format!("must be {}", types(kind))),
        Kind::Enum { options } => one(format!("must be one of {options}")),
        Kind::Minimum { limit } => one(format!("must be at least {limit}")),
        Kind::Maximum { limit } => one(format!("must be at most {limit}")),
        Kind::ExclusiveMinimum { limit } => one(format!("must be greater than {limit}")),
        Kind::ExclusiveMaximum { limit } => one(format!("must be less than {limit}")),
        Kind::MinLength { limit } => one(format!("must have at least {limit} characters")),
        Kind::MaxLength { limit } => one(format!("must have at most {limit} characters")),
        Kind::MinItems { limit } => one(format!("must have at least {limit} items")),
        Kind::MaxItems { limit } => one(format!("must have at most {limit} items")),
        Kind::MinProperties { limit } => one(format!("must have at least {limit} entries")),
        Kind::MaxProperties { limit } => one(format!("must have at most {limit} entries")),
        Kind::Pattern { .. } => one(in_words(schema, error)),
        Kind::Format { format } => one(format!("must be {}", named_format(format))),
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            nearest(schema, context).unwrap_or_else(|| one("has none of the allowed shapes".to_owned()))
        }
        other => one(format!("breaks the rule `{}`", other.keyword())),
    }
}

/// Describes the alternative with the fewest errors, because it is the most helpful. The
/// alternative `null` does not count.
fn nearest(schema: &Value, context: &[Vec<ValidationError<'static>>]) -> Option<Vec<FieldError>> {
    let fits_type = |errors: &&Vec<ValidationError<'static>>| {
        !errors
            .iter()
            .any(|error| matches!(error.kind(), Kind::Type { kind: TypeKind::Single(JsonType::Null) }))
    };
    let errors = context.iter().filter(fits_type).min_by_key(|errors| errors.len())?;
    Some(errors.iter().flat_map(|error| describe(schema, error)).collect())
}

/// Returns the description beside a pattern, which states it in words.
fn in_words(schema: &Value, error: &ValidationError<'_>) -> String {
    let place = error.schema_path().as_str();
    let beside =
        place.rsplit_once('/').and_then(|(parent, _)| schema.pointer(parent)?["description"].as_str());
    beside.unwrap_or("does not have the required form").to_owned()
}

fn named_format(format: &str) -> &str {
    match format {
        "uuid" => "a UUID",
        "email" => "an email address",
        "date-time" => "a time such as 2026-01-31T12:00:00Z (RFC 3339)",
        other => other,
    }
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => name(*kind).to_owned(),
        TypeKind::Multiple(kinds) => kinds.iter().map(name).collect::<Vec<_>>().join(" or "),
    }
}

fn name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a text",
    }
}

/// Writes `/items/0/quantity` as `items[0].quantity`.
fn dotted(pointer: &str) -> String {
    pointer.split('/').skip(1).fold(String::new(), |path, part| {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part.bytes().all(|b| b.is_ascii_digit()) && !path.is_empty() {
            format!("{path}[{part}]")
        } else {
            join(&path, &part)
        }
    })
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
