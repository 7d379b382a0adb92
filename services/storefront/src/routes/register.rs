//! `GET /register` and `POST /register`.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::{Email, Sensitive, text::PersonName};
use serde::Deserialize;

use crate::{
    Error,
    api::Service,
    pages::{self, Frame, Tone},
    web::{Post, Visitor},
};

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    page: Frame,
    name: String,
    email: String,
    name_error: &'static str,
    email_error: &'static str,
    password_error: &'static str,
}

impl RegisterPage {
    fn new(visitor: &Visitor) -> Self {
        let page = Frame::titled(visitor, |t| t.access.register);
        let (name, email) = (String::new(), String::new());
        Self { page, name, email, name_error: "", email_error: "", password_error: "" }
    }
}

pub(super) async fn show(visitor: Visitor) -> Result<Response, Error> {
    pages::show(&visitor, &RegisterPage::new(&visitor))
}

#[derive(Deserialize)]
pub(super) struct Fields {
    name: String,
    email: String,
    password: Sensitive,
}

pub(super) async fn register(visitor: Visitor, Post(fields): Post<Fields>) -> Result<Response, Error> {
    let Fields { name, email, password } = fields;
    let mut shown = RegisterPage { name, email, ..RegisterPage::new(&visitor) };
    let t = &shown.page.t.access;
    let name = PersonName::try_from(shown.name.trim().to_owned());
    let email = shown.email.parse::<Email>();
    let is_short = password.expose().chars().count() < 8;
    shown.name_error = if name.is_err() { t.bad_name } else { "" };
    shown.email_error = if email.is_err() { t.bad_email } else { "" };
    shown.password_error = if is_short { t.bad_password } else { "" };
    if let (Ok(name), Ok(email), false) = (name, email, is_short) {
        let Err(error) = visitor.user().register(email, password, name).await else {
            return Ok(pages::go_to("/register/sent"));
        };
        match error.code() {
            // Only the service knows which passwords are common.
            "validation_error" if error.field("password").is_some() => shown.password_error = t.bad_password,
            "rate_limited" => {
                shown.page.notice(Tone::Bad, t.too_many);
                return pages::show_with(StatusCode::TOO_MANY_REQUESTS, &visitor, &shown);
            }
            // The page keeps what the visitor wrote, without the password.
            _ if error.is_unknown() => {
                shown.page.away(Service::User);
                return pages::show_with(StatusCode::SERVICE_UNAVAILABLE, &visitor, &shown);
            }
            _ => return Err(error.into()),
        }
    }
    shown.page.notice(Tone::Bad, shown.page.t.common.check_fields);
    pages::show_with(StatusCode::UNPROCESSABLE_ENTITY, &visitor, &shown)
}
