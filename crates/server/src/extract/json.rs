//! JSON bodies.

use axum::{
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use estore_contract::{Code, FieldError};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    body::{BODY_LIMIT, read_request, refuse_coding},
    schema,
};
use crate::Problem;

/// A JSON body. As a request, it is checked against the contract (400, 408, 413, 415, or 422 naming
/// every wrong field). As a response, it is serialized.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + ToSchema + 'static, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        check_type(request.method(), request.headers())?;
        refuse_coding(request.headers())?;
        let body = read_request(request, BODY_LIMIT).await?;
        parse_json(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let json = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, json)], body).into_response()
            }
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

/// Parses `body`. The schema is checked first: it names every wrong field at once, and is stricter
/// than serde, which accepts a list for an object. The types then check the rules that the schema
/// cannot express.
pub fn parse_json<T: DeserializeOwned + ToSchema + 'static>(body: &[u8]) -> Result<T, Problem> {
    let (value, own) = match (serde_json::from_slice::<Value>(body), read::<T>(body)) {
        (Ok(value), own) => (value, own),
        // 1e309 is JSON, but no number that we can represent.
        (Err(error), Err(field)) if error.to_string().starts_with("number out of range") => {
            return Err(Problem::invalid(vec![FieldError::new(field.field, "is a number out of range")]));
        }
        (Err(_), _) => return Err(malformed()),
    };
    let mut details = schema::violations::<T>(&value)?;
    match own {
        Ok(value) if details.is_empty() => Ok(value),
        Ok(_) => Err(Problem::invalid(details)),
        Err(field) => {
            let below = format!("{}.", field.field);
            if !details.iter().any(|known| known.field == field.field || known.field.starts_with(&below)) {
                details.push(field);
            }
            Err(Problem::invalid(details))
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, FieldError> {
    // Tracking paths costs more than the rest of the parsing, and only errors need one.
    serde_json::from_slice(body).or_else(|_| read_with_path(body))
}

fn read_with_path<T: DeserializeOwned>(body: &[u8]) -> Result<T, FieldError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| schema::from_serde(&error.path().to_string(), &error.inner().to_string()))
}

fn malformed() -> Problem {
    Problem::new(Code::BadRequest, "The body is not JSON.")
}

/// The content type of a merge patch (RFC 7396), in which format every `PATCH` of the shop is read.
const MERGE_PATCH: &str = "application/merge-patch+json";

fn check_type(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let is_patch = method == Method::PATCH;
    if is_json(headers, "application/json") || is_patch && is_json(headers, MERGE_PATCH) {
        return Ok(());
    }
    let refused = |message| Problem::new(Code::UnsupportedMediaType, message);
    Err(if is_patch {
        let message = "Send the body as application/merge-patch+json or application/json.";
        refused(message).header(
            // RFC 5789, section 3.1.
            HeaderName::from_static("accept-patch"),
            HeaderValue::from_static(MERGE_PATCH),
        )
    } else {
        refused("Send the body as application/json.")
    })
}

fn is_json(headers: &HeaderMap, name: &str) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let utf8 = match parameters.trim().to_ascii_lowercase().strip_prefix("charset=") {
        Some(charset) => matches!(charset.trim_matches('"'), "utf-8" | "utf8"),
        None => true,
    };
    essence.trim().eq_ignore_ascii_case(name) && utf8
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[schema(minimum = 1, maximum = 9)]
        #[expect(dead_code, reason = "only parsed")]
        quantity: u8,
        #[expect(dead_code, reason = "only parsed")]
        note: Option<String>,
    }

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only parsed")]
        items: Vec<Line>,
        #[expect(dead_code, reason = "only parsed")]
        name: String,
    }

    fn refusal(body: &str) -> (Code, Vec<String>) {
        let problem = parse_json::<Order>(body.as_bytes()).unwrap_err();
        (
            problem.code(),
            problem
                .body("")
                .details
                .into_iter()
                .map(|detail| format!("{} {}", detail.field, detail.message))
                .collect(),
        )
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let (code, details) =
            refusal(r#"{"items": [{"quantity": 10}, {"quantity": "1", "x": 1}], "extra": 1}"#);
        assert_eq!(code, Code::ValidationError);
        for field in [
            "items[0].quantity must be at most 9",
            "items[1].quantity must be",
            "items[1].x is not a known field",
            "extra is not a known field",
            "name is required",
        ] {
            assert!(details.iter().any(|detail| detail.starts_with(field)), "{field} in {details:?}");
        }
    }

    #[derive(Debug, Deserialize, ToSchema)]
    struct Unchecked {
        #[schema(pattern = "(")]
        #[expect(dead_code, reason = "only parsed")]
        name: String,
    }

    #[test]
    fn body_without_a_compiled_schema_is_refused() {
        let problem = parse_json::<Unchecked>(br#"{"name": "x"}"#).unwrap_err();
        assert_eq!(problem.code(), Code::InternalError);
    }

    #[test]
    fn body_that_is_not_json_is_refused() {
        for body in [
            "",
            "{",
            "{]",
            "nul",
            r#"{"items": [], "name": "x"} x"#,
            "{\"name\": NaN}",
            "{\"name\": \"\u{1}\"}",
        ] {
            assert_eq!(refusal(body).0, Code::BadRequest, "{body}");
        }
        assert!(parse_json::<Order>(b"{\"name\": \"\xff\", \"items\": []}").is_err());
    }

    #[test]
    fn number_out_of_range_names_its_field() {
        for number in ["1e309", "9223372036854775808", "-1", "1.5", "null", "\"1\"", "256"] {
            let (code, details) =
                refusal(&format!(r#"{{"items": [{{"quantity": {number}}}], "name": "x"}}"#));
            assert_eq!(code, Code::ValidationError, "{number}");
            assert!(
                details.iter().any(|detail| detail.starts_with("items[0].quantity ")),
                "{number}: {details:?}"
            );
        }
    }

    #[test]
    fn whole_number_with_a_point_is_refused() {
        // JSON Schema accepts 5.0 as an integer.
        let (_, details) = refusal(r#"{"items": [{"quantity": 5.0}], "name": "x"}"#);
        assert_eq!(details, ["items[0].quantity must be a whole number, without a point"]);
    }

    #[test]
    fn list_in_place_of_object_is_refused() {
        assert_eq!(refusal(r#"[[], "x"]"#).0, Code::ValidationError);
        assert_eq!(refusal(r#"{"items": [[1, "note"]], "name": "x"}"#).1, ["items[0] must be an object"]);
        assert_eq!(refusal(r#"{"items": [], "name": "x", "name": "y"}"#).0, Code::ValidationError);
    }

    #[test]
    fn error_does_not_repeat_client_input() {
        let (_, details) = refusal(r#"{"items": "hunter2", "name": 5}"#);
        assert!(!format!("{details:?}").contains("hunter2"));
    }
}
