//! The form of an error: a program gets the error body, and a person gets a page.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use estore_base::config::{ConfigError, Env, Setting};
use estore_contract::verification::Locale;
use http::{HeaderMap, HeaderValue, Method, header};
use utoipa::openapi::OpenApi;

use crate::{Problem, extract::is_form, openapi::page_operations, page, weights::weighted};

/// The operations that people reach by links and forms, and whose documents declare pages as
/// errors. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Pages(Arc<Inner>);

#[derive(Default)]
struct Inner {
    shop: String,
    /// True if every path leads to a page.
    is_everything: bool,
    operations: HashMap<String, Vec<Method>>,
}

/// The form of the answer that the client prefers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// A page.
    Page,
    /// JSON.
    Json,
    /// No preference.
    Anything,
}

/// A person who reads the answer to a request.
pub(super) struct Reader {
    pages: Pages,
    locale: Locale,
    /// The location of the page, if the path has trailing slashes.
    elsewhere: Option<HeaderValue>,
}

impl Reader {
    /// Returns the page shown in place of `problem`.
    pub(super) fn answer(&self, problem: &Problem) -> Response {
        let shop = &self.pages.0.shop;
        if let Some(location) = &self.elsewhere {
            return ([(header::LOCATION, location)], page::moved(self.locale, shop)).into_response();
        }
        let reading = if self.pages.0.is_everything { page::Reading::Site } else { page::Reading::Links };
        page::refusal(problem, self.locale, shop, reading)
    }
}

/// The name of the shop.
pub const SHOP_NAME: Setting =
    Setting::text("SHOP_NAME", "Name of the shop in emails and pages.").default("E-Store");

impl Pages {
    /// Reads the operations of a service from its public document.
    pub(super) fn new(env: &Env, document: &OpenApi) -> Result<Self, ConfigError> {
        let operations = page_operations(document);
        if operations.is_empty() {
            return Ok(Self::default());
        }
        let shop = env.get(&SHOP_NAME)?;
        Ok(Self(Arc::new(Inner { shop, is_everything: false, operations })))
    }

    /// Creates the pages of a program that serves pages on every path.
    pub(super) fn of_everything(env: &Env) -> Result<Self, ConfigError> {
        let (shop, operations) = (env.get(&SHOP_NAME)?, HashMap::new());
        Ok(Self(Arc::new(Inner { shop, is_everything: true, operations })))
    }

    /// Returns the person who reads the answer, or `None` for a program. `route` is the route that
    /// the path matched.
    pub(super) fn reader(&self, request: &Request, route: Option<&str>) -> Option<Reader> {
        if self.0.is_everything {
            let locale = page::chosen(request.headers());
            let is_person = Wants::of(request.headers()) == Wants::Page;
            return is_person.then(|| Reader { pages: self.clone(), locale, elsewhere: None });
        }
        if self.0.operations.is_empty() {
            return None;
        }
        let (path, headers) = (request.uri().path(), request.headers());
        let bare = path.trim_end_matches('/');
        let methods = match route {
            // A route without pages serves programs only.
            Some(route) => self.0.operations.get(route)?.as_slice(),
            // No route matches, as with a link that was copied incompletely.
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

/// Returns the location of `bare`, which is `path` without its trailing slashes. The location is
/// relative, because a proxy may serve the service below any path.
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
        // Browsers send neither of these on their own, whatever they accept.
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
