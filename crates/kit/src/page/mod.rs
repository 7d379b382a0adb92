//! The pages behind the links in mails: one file each, without script, without anything from elsewhere.

mod locale;
mod refusal;

use axum::response::{Html, IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use estore_contract::verification::Locale;
use http::{HeaderValue, StatusCode, header};
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use locale::locale;
pub(crate) use refusal::{moved, refusal};

use crate::Problem;

const STYLE: &str = include_str!("page.css");
const PAGE: &str = include_str!("page.html");

/// A page for a person. Everything that it shows is escaped.
#[derive(Debug)]
pub struct Page<'a> {
    /// The answer's status.
    pub status: StatusCode,
    /// Its language.
    pub locale: Locale,
    /// What the shop is called.
    pub shop: &'a str,
    /// What it is about.
    pub title: &'a str,
    /// What it says.
    pub message: &'a str,
    /// What may be done there.
    pub form: Option<PageForm<'a>>,
}

/// One button, which sends a token on.
#[derive(Debug, Serialize)]
pub struct PageForm<'a> {
    /// Where to: an address, or a path relative to the page's.
    pub action: &'a str,
    /// The token.
    pub token: &'a str,
    /// What the button says.
    pub button: &'a str,
    /// Where a new password is asked for: what it is called.
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
        // The token stands in the address: it must not travel on to wherever the reader goes next.
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
