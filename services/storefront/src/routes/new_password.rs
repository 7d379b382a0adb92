//! `GET /password/new` and `POST /password/new`: the link for a forgotten password.

use askama::Template;
use axum::{extract::RawQuery, http::StatusCode, response::Response};
use estore_contract::Sensitive;
use serde::Deserialize;

use crate::{
    Error, links,
    pages::{self, Frame},
    session::{Cookie, Flash, FormToken},
    texts::Texts,
    web::{Post, Visitor},
};

#[derive(Template)]
#[template(path = "new_password.html")]
struct NewPasswordPage {
    page: Frame,
    token: String,
    /// The reason for which the link does not work, or an empty text.
    message: &'static str,
    password_error: &'static str,
}

impl NewPasswordPage {
    fn new(visitor: &Visitor, token: &Sensitive) -> Self {
        let t = &Texts::of(visitor.locale).access;
        let is_link = !token.expose().is_empty();
        let (title, message) =
            if is_link { (t.new_password_title, "") } else { (t.link_unknown_title, t.link_unknown) };
        let page = Frame::new(visitor, title);
        Self { page, token: token.expose().to_owned(), message, password_error: "" }
    }
}

pub(super) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Error> {
    pages::show(&visitor, &NewPasswordPage::new(&visitor, &links::token(query.as_deref())))
}

#[derive(Deserialize)]
pub(super) struct Fields {
    token: Sensitive,
    new_password: Sensitive,
}

pub(super) async fn change(visitor: Visitor, Post(fields): Post<Fields>) -> Result<Response, Error> {
    let Fields { token, new_password } = fields;
    let mut shown = NewPasswordPage::new(&visitor, &token);
    let t = shown.page.t;
    let Err(error) = visitor.user().reset_password(token, new_password).await else {
        // Every session of the account has ended, and the browser most likely had one of them.
        visitor.jar.remove(Cookie::Session);
        FormToken::renew(&visitor.jar);
        Flash::PasswordChanged.keep(&visitor.jar);
        return Ok(pages::go_to("/login"));
    };
    if let Some((status, [title, message])) = links::refused(&error, t) {
        (shown.page.title, shown.message) = (title.to_owned(), message);
        return pages::show_with(status, &visitor, &shown);
    }
    if error.code() != "validation_error" {
        return Err(error.into());
    }
    shown.password_error = t.access.bad_password;
    pages::show_with(StatusCode::UNPROCESSABLE_ENTITY, &visitor, &shown)
}
