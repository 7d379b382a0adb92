//! The pages behind the link in a mail: one file each, without script, without anything from elsewhere.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use estore_contract::verification::Locale;
use minijinja::{AutoEscape, Environment, context};
use sha2::{Digest, Sha256};

use crate::Error;

const STYLE: &str = include_str!("page.css");
const PAGE: &str = include_str!("page.html");

/// What a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Press the button.
    Ask,
    /// Done.
    Verified,
    /// It was done before.
    Used,
    /// Too late.
    Expired,
    /// Never heard of it.
    Unknown,
}

impl Says {
    /// What a page says of a refusal; `None` where it is no matter of the token.
    pub(super) fn of(error: &Error) -> Option<Self> {
        match error {
            Error::TokenUsed => Some(Self::Used),
            Error::TokenExpired => Some(Self::Expired),
            Error::TokenUnknown => Some(Self::Unknown),
            _ => None,
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Ask | Self::Verified => StatusCode::OK,
            Self::Used | Self::Expired => StatusCode::GONE,
            Self::Unknown => StatusCode::NOT_FOUND,
        }
    }

    fn words(self, locale: Locale) -> [&'static str; 3] {
        match (self, locale) {
            (Self::Ask, Locale::En) => {
                ["One more step", "Press the button to verify your e-mail address.", "Verify my address"]
            }
            (Self::Ask, Locale::De) => [
                "Nur noch ein Schritt",
                "Drücken Sie den Knopf, um Ihre E-Mail-Adresse zu bestätigen.",
                "Adresse bestätigen",
            ],
            (Self::Verified, Locale::En) => {
                ["Thank you!", "Your address is verified. You can log in and order now.", ""]
            }
            (Self::Verified, Locale::De) => {
                ["Danke!", "Ihre Adresse ist bestätigt. Sie können sich jetzt anmelden und bestellen.", ""]
            }
            (Self::Used, Locale::En) => [
                "Already done",
                "This link was used already. If you have just verified your address, you can log in.",
                "",
            ],
            (Self::Used, Locale::De) => [
                "Schon erledigt",
                "Dieser Link wurde schon benutzt. Wenn Sie Ihre Adresse gerade bestätigt haben, können Sie sich anmelden.",
                "",
            ],
            (Self::Expired, Locale::En) => {
                ["Too late", "This link has expired. Log in to get a new mail.", ""]
            }
            (Self::Expired, Locale::De) => [
                "Zu spät",
                "Dieser Link ist abgelaufen. Melden Sie sich an, um eine neue Mail zu bekommen.",
                "",
            ],
            (Self::Unknown, Locale::En) => [
                "That did not work",
                "This link is not one of ours. Please copy it whole from your mail.",
                "",
            ],
            (Self::Unknown, Locale::De) => [
                "Das hat nicht geklappt",
                "Diesen Link kennen wir nicht. Bitte kopieren Sie ihn ganz aus Ihrer Mail.",
                "",
            ],
        }
    }
}

/// The page, in the language that the browser asks for.
pub(super) fn answer(says: Says, request: &HeaderMap, shop: &str, token: &str) -> Response {
    let locale = locale(request);
    let [title, message, button] = says.words(locale);
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let page = environment.render_str(PAGE, context! { lang => locale.as_str(), shop, title, message, button, token, style => minijinja::Value::from_safe_string(STYLE.to_owned()) });
    let page = match page {
        Ok(page) => page,
        Err(error) => return estore_kit::Problem::internal(error).into_response(),
    };
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    // The token stands in the address: it must not travel on to wherever the reader goes next.
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (says.status(), headers, Html(page)).into_response()
}

fn locale(request: &HeaderMap) -> Locale {
    let wanted =
        request.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if wanted.trim_start().to_ascii_lowercase().starts_with("de") { Locale::De } else { Locale::En }
}
