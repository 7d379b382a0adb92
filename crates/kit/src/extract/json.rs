//! JSON bodies.

use axum::{
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use estore_contract::{Code, FieldError};
use http::{HeaderMap, HeaderValue, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::error::Category;
use utoipa::ToSchema;

use super::{
    body::{BODY_LIMIT, read_body},
    schema,
};
use crate::Problem;

/// A JSON body: as a request, checked as the contract says (400, 408, 413, 415, 422 naming every wrong field); as a
/// response, written.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + ToSchema, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(Code::UnsupportedMediaType, "Send the body as application/json."));
        }
        let body = read_body(request.into_body(), BODY_LIMIT).await?;
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

/// Reads `body`. The usual case is one pass; only where it fails is the schema asked what else is wrong, so that a
/// client learns of every field at once.
pub fn parse_json<T: DeserializeOwned + ToSchema>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let error = match serde_path_to_error::deserialize(&mut reader) {
        Ok(value) => match reader.end() {
            Ok(()) => return Ok(value),
            Err(_) => return Err(malformed()),
        },
        Err(error) => error,
    };
    let path = error.path().to_string();
    let cause = error.into_inner();
    let text = cause.to_string();
    match cause.classify() {
        // 1e309 is JSON, but no number that we know.
        Category::Syntax if text.starts_with("number out of range") => {
            Err(Problem::invalid(vec![FieldError::new(path, "is a number out of range")]))
        }
        Category::Data => {
            let mut details = schema::violations::<T>(body).ok_or_else(malformed)?;
            let own = schema::from_serde(&path, &text);
            if details
                .iter()
                .all(|known| known.field != own.field && !known.field.starts_with(&format!("{}.", own.field)))
            {
                details.push(own);
            }
            Err(Problem::invalid(details))
        }
        Category::Syntax | Category::Eof | Category::Io => Err(malformed()),
    }
}

fn malformed() -> Problem {
    Problem::new(Code::BadRequest, "The body is not JSON.")
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let utf8 = match parameters.trim().to_ascii_lowercase().strip_prefix("charset=") {
        Some(charset) => matches!(charset.trim_matches('"'), "utf-8" | "utf8"),
        None => true,
    };
    essence.trim().eq_ignore_ascii_case("application/json") && utf8
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

    #[test]
    fn what_is_not_json_is_a_bad_request() {
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
    fn a_number_out_of_range_names_its_field() {
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
    fn what_the_client_sent_is_not_repeated() {
        let (_, details) = refusal(r#"{"items": "hunter2", "name": 5}"#);
        assert!(!format!("{details:?}").contains("hunter2"));
    }
}
