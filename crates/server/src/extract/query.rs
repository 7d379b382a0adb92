//! Query strings and HTML forms: `application/x-www-form-urlencoded`, in which a repeated key makes
//! a list.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use estore_contract::Code;
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::{
    body::{BODY_LIMIT, read_request, refuse_coding},
    schema,
};
use crate::Problem;

/// The query string as `T`. The 422 names the parameter that is unknown or wrong.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default().as_bytes()).map(Self)
    }
}

/// A form body as `T`.
#[derive(Debug, Clone, Copy)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_form(request.headers()) {
            return Err(Problem::new(Code::UnsupportedMediaType, "Send the body as a form."));
        }
        refuse_coding(request.headers())?;
        parse(&read_request(request, BODY_LIMIT).await?).map(Self)
    }
}

/// Returns true if the body is a form, as browsers send it.
#[must_use]
pub fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    // Tracking paths costs more than the rest of the parsing, and only errors need one.
    T::deserialize(serde_html_form::Deserializer::from_bytes(text)).or_else(|_| refuse(text))
}

/// Parses `text` once more, to name the parameter that is wrong.
fn refuse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    let reader = serde_html_form::Deserializer::from_bytes(text);
    serde_path_to_error::deserialize(reader).map_err(|error| {
        // Clients do not know a repeated key as a list, so the error names `tag`, not `tag[1]`.
        let parameter = error.path().iter().find_map(|segment| match segment {
            Segment::Map { key } => Some(key.as_str()),
            _ => None,
        });
        let parameter = parameter.unwrap_or_default();
        Problem::invalid(vec![schema::from_serde(parameter, &error.inner().to_string())])
    })
}

#[cfg(test)]
mod tests {
    use estore_contract::Limit;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct List {
        #[serde(default)]
        limit: Limit,
        #[serde(default)]
        tag: Vec<String>,
    }

    #[test]
    fn query_key_may_repeat_and_limit_is_bounded() {
        let list: List = parse(b"tag=a&limit=100&tag=b").unwrap();
        assert_eq!((list.limit.get(), list.tag.len()), (100, 2));
        for bad in ["limit=0", "limit=-1", "limit=101", "limit=1000000000", "limit=x", "limit=1&limit=2"] {
            let body = parse::<List>(bad.as_bytes()).unwrap_err().body("");
            assert_eq!((body.status_code, body.details[0].field.as_str()), (422, "limit"), "{bad}: {body:?}");
        }
        for unknown in ["pages", "limit[]", "limit[0]", "tag[]"] {
            let body = parse::<List>(format!("{unknown}=1").as_bytes()).unwrap_err().body("");
            assert_eq!(body.details[0].field, unknown);
        }
    }

    #[test]
    fn wrong_value_names_its_repeated_key() {
        #[derive(Debug, Deserialize)]
        struct Tags {
            #[serde(rename = "tag")]
            _tags: Vec<estore_contract::text::Tag>,
        }
        for bad in ["tag=a&tag=%20", "tag="] {
            let body = parse::<Tags>(bad.as_bytes()).unwrap_err().body("");
            assert_eq!(body.details[0].field, "tag", "{bad}");
        }
    }
}
