//! The pages: what each template shows. A handler in `routes` reads and writes; a page here only
//! shows.

pub(crate) mod admin;
pub(crate) mod cards;
pub(crate) mod checkout;
mod compress;
pub(crate) mod engine;
mod error;
mod frame;
pub(crate) mod labels;
pub(crate) mod listing;
pub(crate) mod order;
mod pager;

use std::sync::atomic::Ordering;

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::{
    Error,
    web::{LocalPath, Visitor},
};

pub(crate) use error::error;
pub(crate) use frame::{Frame, Tone, side, soon};
pub(crate) use pager::Pager;

/// Shows a page.
pub(crate) fn show(visitor: &Visitor, page: &impl Template) -> Result<Response, Error> {
    show_with(StatusCode::OK, visitor, page)
}

/// Shows a page with another status than 200, such as 422 for a form with mistakes. A page with 429
/// or 503 says when to come again, as the services do.
pub(crate) fn show_with(
    status: StatusCode,
    visitor: &Visitor,
    page: &impl Template,
) -> Result<Response, Error> {
    // After a logout, the back button shows nothing of the account.
    let kept = if visitor.session.is_some() { "no-store" } else { "private, no-cache" };
    let vary = "accept-language, accept-encoding, cookie";
    let headers = [(header::CACHE_CONTROL, kept), (header::VARY, vary)];
    let page = page.render()?;
    let mut response = match compress::gzip(visitor, &page) {
        Some(short) => (status, headers, [(header::CONTENT_ENCODING, "gzip")], Html(short)).into_response(),
        None => (status, headers, Html(page)).into_response(),
    };
    let wait = match status {
        StatusCode::SERVICE_UNAVAILABLE => 1,
        StatusCode::TOO_MANY_REQUESTS => visitor.wait.load(Ordering::Relaxed),
        _ => 0,
    };
    if wait > 0 {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    Ok(response)
}

/// Leads the browser to another page, after a form.
pub(crate) fn go(path: &LocalPath) -> Response {
    let location = HeaderValue::from_str(path.as_str()).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Leads the browser to a page of ours, which `path` names.
pub(crate) fn go_to(path: &str) -> Response {
    go(&LocalPath::new(path))
}
