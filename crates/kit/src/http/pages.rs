//! Whom a refusal is for: a program gets the error body, a person a page.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use estore_contract::verification::Locale;
use http::{HeaderMap, HeaderValue, Method, header};
use utoipa::openapi::OpenApi;

use crate::{
    Problem,
    config::{ConfigError, Env},
    extract::is_form,
    openapi::page_operations,
    page,
    weights::weighted,
};

/// The operations that people reach by links and forms: those whose refusals are pages, by their documents. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Pages(Arc<Inner>);

#[derive(Default)]
struct Inner {
    shop: String,
    operations: HashMap<String, Vec<Method>>,
}

/// What the client said of the answer's form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// A page.
    Page,
    /// JSON.
    Json,
    /// Nothing in particular.
    Anything,
}

/// A person who reads the answer to a request.
pub(super) struct Reader {
    pages: Pages,
    locale: Locale,
    /// Where the page is, if the path has a slash too many.
    elsewhere: Option<HeaderValue>,
}

impl Reader {
    /// What the person gets instead of `problem`.
    pub(super) fn answer(&self, problem: &Problem) -> Response {
        let shop = &self.pages.0.shop;
        match &self.elsewhere {
            Some(location) => {
                ([(header::LOCATION, location)], page::moved(self.locale, shop)).into_response()
            }
            None => page::refusal(problem, self.locale, shop),
        }
    }
}

impl Pages {
    /// Those of a service with this public document.
    pub(super) fn new(env: &Env, document: &OpenApi) -> Result<Self, ConfigError> {
        let operations = page_operations(document);
        if operations.is_empty() {
            return Ok(Self::default());
        }
        let shop = env.or("SHOP_NAME", "E-Store".to_owned(), "E-Store")?;
        Ok(Self(Arc::new(Inner { shop, operations })))
    }

    /// The person who reads the answer; `None` for a program. `route` is what the path matched.
    pub(super) fn reader(&self, request: &Request, route: Option<&str>) -> Option<Reader> {
        if self.0.operations.is_empty() {
            return None;
        }
        let (path, headers) = (request.uri().path(), request.headers());
        let bare = path.trim_end_matches('/');
        let methods = match route {
            // A route without pages is for programs alone.
            Some(route) => self.0.operations.get(route)?.as_slice(),
            // A path that nobody has, such as that of a link which was copied badly.
            None => self.0.operations.get(bare).map_or(&[][..], Vec::as_slice),
        };
        let is_person = match (Wants::of(headers), request.method()) {
            (Wants::Json, _) => false,
            (Wants::Page, _) => true,
            (Wants::Anything, &Method::GET | &Method::HEAD) => methods.contains(&Method::GET),
            (Wants::Anything, method) => methods.contains(method) && is_form(headers),
        };
        let is_moved = route.is_none() && !methods.is_empty();
        let elsewhere = if is_moved { without_slash(path, bare, request.uri().query()) } else { None };
        is_person.then(|| Reader { pages: self.clone(), locale: page::locale(headers), elsewhere })
    }
}

/// The way from `path` to `bare`, the same without slashes at its end. It is relative, as the service does not know below which path
/// a proxy shows it.
fn without_slash(path: &str, bare: &str, query: Option<&str>) -> Option<HeaderValue> {
    let up = "../".repeat(path.len() - bare.len());
    let name = bare.rsplit('/').next()?;
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    HeaderValue::try_from(format!("{up}{name}{query}")).ok()
}

impl Wants {
    fn of(headers: &HeaderMap) -> Self {
        let begins = |name, with: &[u8]| {
            let value = headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default();
            value.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with))
        };
        // Browsers send neither by themselves, whatever they accept.
        if begins(header::CONTENT_TYPE, b"application/json") || begins(header::AUTHORIZATION, b"bearer ") {
            return Self::Json;
        }
        let accepted = weighted(headers, header::ACCEPT);
        let weight = |kinds: [&str; 2]| {
            let named = accepted.iter().filter(|(kind, _)| kinds.contains(&kind.as_str()));
            named.map(|(_, weight)| *weight).fold(0.0, f32::max)
        };
        let (page, json) =
            (weight(["text/html", "application/xhtml+xml"]), weight(["application/json", "application/*"]));
        if page > 0.0 && page >= json {
            Self::Page
        } else if json > 0.0 {
            Self::Json
        } else {
            Self::Anything
        }
    }
}
