//! Lists of entity tags (RFC 9110, sections 8.8.3, 13.1.1 and 13.1.2).

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use http::{HeaderMap, HeaderName, header};

use crate::Problem;

/// The states of a resource that the client is willing to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// The header is absent.
    Absent,
    /// `*`: any state, as long as the resource exists.
    Any,
    /// The states with one of these entity tags, without their quotes. Weak tags never match, and
    /// are left out.
    Tags(Vec<String>),
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if !parts.headers.contains_key(header::IF_MATCH) {
            return Ok(Self::Absent);
        }
        match parse(&parts.headers, &header::IF_MATCH) {
            Some(List::Any) => Ok(Self::Any),
            Some(List::Tags(tags)) => {
                Ok(Self::Tags(tags.into_iter().filter(|tag| !tag.weak).map(|tag| tag.opaque).collect()))
            }
            None => Err(Problem::field("If-Match", "must be * or a list of entity tags, each in quotes")),
        }
    }
}

/// The states of a resource that the client has already. A header that is no list of entity tags
/// counts as absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfNoneMatch(Option<List>);

impl IfNoneMatch {
    /// Returns true if the client has the state of `tag`, which is written as in an `ETag`. Weak
    /// tags compare as strong ones.
    #[must_use]
    pub fn has(&self, tag: &str) -> bool {
        match &self.0 {
            None => false,
            Some(List::Any) => true,
            Some(List::Tags(tags)) => {
                let opaque = tag.trim_start_matches("W/").trim_matches('"');
                tags.iter().any(|known| known.opaque == opaque)
            }
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parse(&parts.headers, &header::IF_NONE_MATCH)))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum List {
    Any,
    Tags(Vec<Tag>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Tag {
    weak: bool,
    opaque: String,
}

/// Parses all lines of a header as one list, or returns `None` if they are no list.
fn parse(headers: &HeaderMap, name: &HeaderName) -> Option<List> {
    let lines: Vec<&[u8]> = headers.get_all(name).iter().map(http::HeaderValue::as_bytes).collect();
    let lines = lines.join(&b","[..]);
    let mut rest = lines.trim_ascii();
    if rest == b"*" {
        return Some(List::Any);
    }
    let mut tags = Vec::new();
    loop {
        // A list may have empty elements.
        while let Some(after) = rest.strip_prefix(b",") {
            rest = after.trim_ascii_start();
        }
        if rest.is_empty() {
            return (!tags.is_empty()).then_some(List::Tags(tags));
        }
        let (tag, after) = first(rest)?;
        tags.push(tag);
        rest = after.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(b",") {
            return None;
        }
    }
}

/// Returns the tag at the start of `text`, and the text after it.
fn first(text: &[u8]) -> Option<(Tag, &[u8])> {
    let (weak, text) = text.strip_prefix(b"W/").map_or((false, text), |text| (true, text));
    let text = text.strip_prefix(b"\"")?;
    let end = text.iter().position(|byte| *byte == b'"')?;
    let (opaque, after) = (text.get(..end)?, text.get(end + 1..)?);
    let clean = opaque.iter().all(|byte| byte.is_ascii_graphic() || !byte.is_ascii());
    clean.then(|| (Tag { weak, opaque: String::from_utf8_lossy(opaque).into_owned() }, after))
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use http::{HeaderValue, Request};

    use super::*;

    fn parts(name: &HeaderName, lines: &[&str]) -> Parts {
        let mut parts = Request::new(()).into_parts().0;
        for line in lines {
            parts.headers.append(name, HeaderValue::from_str(line).unwrap());
        }
        parts
    }

    fn if_match(lines: &[&str]) -> Result<IfMatch, Problem> {
        let mut parts = parts(&header::IF_MATCH, lines);
        IfMatch::from_request_parts(&mut parts, &()).now_or_never().unwrap()
    }

    #[test]
    fn if_match_is_a_list_of_strong_tags() {
        let tags = |tags: &[&str]| IfMatch::Tags(tags.iter().map(ToString::to_string).collect());
        for (lines, expected) in [
            (&[][..], IfMatch::Absent),
            (&["*"], IfMatch::Any),
            (&[" * "], IfMatch::Any),
            (&["\"a\""], tags(&["a"])),
            (&["\"1-9\", \"2-9\""], tags(&["1-9", "2-9"])),
            (&["\"a\",\"b\""], tags(&["a", "b"])),
            (&["\"a\"", "\"b\""], tags(&["a", "b"])),
            (&["\"a\", , \"b\","], tags(&["a", "b"])),
            (&["\"a,b\""], tags(&["a,b"])),
            (&["\"\""], tags(&[""])),
            (&["W/\"a\", \"b\""], tags(&["b"])),
            (&["W/\"a\""], tags(&[])),
        ] {
            assert_eq!(if_match(lines).unwrap(), expected, "{lines:?}");
        }
    }

    #[test]
    fn if_match_that_is_no_list_is_refused() {
        for lines in [
            &[""][..],
            &[","],
            &["a"],
            &["\"a"],
            &["a\""],
            &["w/\"a\""],
            &["W/ \"a\""],
            &["\"a\" \"b\""],
            &["\"a\"b"],
            &["\"a b\""],
            &["\"a\", *"],
            &["*", "*"],
            &["*,"],
            &["'a'"],
        ] {
            let body = if_match(lines).unwrap_err().body("");
            assert_eq!((body.status_code, body.details[0].field.as_str()), (422, "If-Match"), "{lines:?}");
        }
    }

    #[test]
    fn if_none_match_compares_weakly() {
        let has = |line: &str, tag: &str| {
            let mut parts = parts(&header::IF_NONE_MATCH, &[line]);
            IfNoneMatch::from_request_parts(&mut parts, &()).now_or_never().unwrap().unwrap().has(tag)
        };
        for (line, tag) in
            [("*", "\"a\""), ("\"x\", W/\"a\"", "\"a\""), ("\"a\"", "W/\"a\""), ("\"a,b\"", "\"a,b\"")]
        {
            assert!(has(line, tag), "{line} {tag}");
        }
        for (line, tag) in
            [("\"b\"", "\"a\""), ("a", "\"a\""), ("\"a,b\"", "\"a\""), ("\"a\" x", "\"a\""), ("", "\"\"")]
        {
            assert!(!has(line, tag), "{line} {tag}");
        }
    }
}
