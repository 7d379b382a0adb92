//! The links in emails: their tokens, and what is said of one that does not work.

use axum::http::StatusCode;
use estore_contract::Sensitive;
use form_urlencoded::parse;

use crate::{api::ApiError, texts::Texts};

/// Returns the token in the query of a page, or an empty one. Email programs add parameters of
/// their own.
pub(crate) fn token(query: Option<&str>) -> Sensitive {
    let found = parse(query.unwrap_or_default().as_bytes()).find(|(name, _)| name == "token");
    found.map(|(_, token)| token.trim().to_owned()).unwrap_or_default().into()
}

/// Returns the status, the title and the message for a link that does not work, or `None` for other
/// errors.
pub(crate) fn refused(error: &ApiError, t: &Texts) -> Option<(StatusCode, [&'static str; 2])> {
    let t = &t.access;
    match error.code() {
        "token_used" => Some((StatusCode::GONE, [t.link_used_title, t.link_used])),
        "token_expired" => Some((StatusCode::GONE, [t.link_used_title, t.link_expired])),
        "token_unknown" => Some((StatusCode::NOT_FOUND, [t.link_unknown_title, t.link_unknown])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_found_among_added_parameters() {
        for query in ["token=abc", "utm_source=mail&token=abc&x=1", "token=%61bc%20"] {
            assert_eq!(token(Some(query)).expose(), "abc", "{query}");
        }
        for query in [None, Some(""), Some("token"), Some("tokens=abc")] {
            assert_eq!(token(query).expose(), "", "{query:?}");
        }
    }
}
