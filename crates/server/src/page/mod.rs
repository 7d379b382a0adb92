//! The pages behind the links in emails: one file each, without scripts or external resources.

mod locale;
mod refusal;

use axum::response::{Html, IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use estore_contract::verification::Locale;
use http::{HeaderValue, StatusCode, header};
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

pub(crate) use locale::chosen;
pub use locale::{LANGUAGE_COOKIE, locale};
pub(crate) use refusal::{Reading, moved, refusal};

use crate::Problem;

const STYLE: &str = include_str!("page.css");
const PAGE: &str = include_str!("page.html");

/// A page for a person. All values that it shows are escaped.
#[derive(Debug)]
pub struct Page<'a> {
    /// The answer's status.
    pub status: StatusCode,
    /// The language of the page.
    pub locale: Locale,
    /// The shop's name.
    pub shop: &'a str,
    /// The heading of the page.
    pub title: &'a str,
    /// The text of the page.
    pub message: &'a str,
    /// The form of the page, if any.
    pub form: Option<PageForm<'a>>,
}

/// A form with one button, which submits a token.
#[derive(Debug, Serialize)]
pub struct PageForm<'a> {
    /// The target: an address, or a path relative to the page's.
    pub action: &'a str,
    /// The token.
    pub token: &'a str,
    /// The label of the button.
    pub button: &'a str,
    /// The label of the field for a new password, if the form asks for one.
    pub new_password: Option<&'a str>,
}

impl IntoResponse for Page<'_> {
    fn into_response(self) -> Response {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let Self { status, locale, shop, title, message, form } = self;
        let style = Value::from_safe_string(STYLE.to_owned());
        let target = form.as_ref().map(|form| form.action).filter(|action| action.contains("://"));
        let policy = policy(target.unwrap_or("'self'"));
        let form = Value::from(minijinja::value::Serde(form));
        let values = context! { lang => locale.as_str(), shop, title, message, form, style };
        let page = match environment.render_str(PAGE, values) {
            Ok(page) => page,
            Err(error) => return Problem::internal(error).into_response(),
        };
        // The token is in the page's address, which must not leak to the reader's next site.
        let headers = [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ];
        (status, headers, Html(page)).into_response()
    }
}

fn policy(target: &str) -> HeaderValue {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action {target}; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
