//! `GET /login` and `POST /login`.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use estore_contract::{Email, Sensitive};
use serde::Deserialize;

use crate::{
    Error,
    api::{ApiError, Service},
    app::App,
    pages::{self, Frame, Tone},
    session::{FormToken, Session},
    web::{LocalPath, Post, Visitor},
};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    page: Frame,
    next: LocalPath,
    email: String,
    email_error: &'static str,
    /// True if the address is not verified yet.
    can_resend: bool,
}

impl LoginPage {
    fn new(visitor: &Visitor, next: LocalPath) -> Self {
        let page = Frame::titled(visitor, |t| t.access.login);
        Self { page, next, email: String::new(), email_error: "", can_resend: false }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    next: LocalPath,
}

pub(super) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let Place { next } = serde_html_form::from_str(query.as_deref().unwrap_or_default()).unwrap_or_default();
    if visitor.session.is_some() {
        return Ok(pages::go(&next));
    }
    pages::show(&visitor, &LoginPage::new(&visitor, next))
}

/// Shows the form again with an address that is none.
pub(super) fn show_bad_email(visitor: &Visitor, email: String, next: LocalPath) -> Result<Response, Error> {
    let mut shown = LoginPage { email, ..LoginPage::new(visitor, next) };
    shown.email_error = shown.page.t.access.bad_email;
    pages::show_with(StatusCode::UNPROCESSABLE_ENTITY, visitor, &shown)
}

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    email: String,
    password: Sensitive,
    next: LocalPath,
}

impl Default for Fields {
    fn default() -> Self {
        Self { email: String::new(), password: "".into(), next: LocalPath::default() }
    }
}

pub(super) async fn login(
    State(app): State<App>,
    visitor: Visitor,
    Post(fields): Post<Fields>,
) -> Result<Response, Error> {
    let Fields { email, password, next } = fields;
    let mut shown = LoginPage { email, ..LoginPage::new(&visitor, next) };
    let t = &shown.page.t.access;
    let Ok(address) = shown.email.parse::<Email>() else {
        return show_bad_email(&visitor, shown.email, shown.next);
    };
    let error = match visitor.user().login(address, password).await {
        Ok(tokens) => {
            let session = Session::of(tokens, app.clock.now()).ok_or(ApiError::Away(Service::User))?;
            session.keep(&visitor.jar, &app.config.keys);
            FormToken::renew(&visitor.jar);
            app.metrics.sessions.with_label_values(&["login"]).inc();
            return Ok(pages::go(&shown.next));
        }
        Err(error) => error,
    };
    let (status, text) = match error.code() {
        "invalid_credentials" | "validation_error" => (StatusCode::UNAUTHORIZED, t.wrong),
        "email_not_verified" => (StatusCode::FORBIDDEN, t.unverified),
        "account_disabled" => (StatusCode::FORBIDDEN, t.disabled),
        "rate_limited" => (StatusCode::TOO_MANY_REQUESTS, t.too_many),
        // The page keeps what the visitor wrote, without the password.
        _ if error.is_unknown() => {
            shown.page.away(Service::User);
            return pages::show_with(StatusCode::SERVICE_UNAVAILABLE, &visitor, &shown);
        }
        _ => return Err(error.into()),
    };
    shown.can_resend = error.code() == "email_not_verified";
    shown.page.notice(Tone::Bad, text);
    pages::show_with(status, &visitor, &shown)
}
