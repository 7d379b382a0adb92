//! `GET /verify` and `POST /verify`: the link in an email leads to a page with one button.

use askama::Template;
use axum::{extract::RawQuery, http::StatusCode, response::Response};
use estore_contract::Sensitive;
use serde::Deserialize;

use crate::{
    Error, links,
    pages::{self, Frame},
    session::Cookie,
    texts::Texts,
    web::{Post, Visitor},
};

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    page: Frame,
    message: &'static str,
    /// The token, for the button, or an empty text if the page has no button.
    token: String,
    /// True if the visitor can log in now.
    can_login: bool,
}

/// Shows the button. Reading the page uses nothing up, because mail scanners follow links.
pub(super) async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let token = links::token(query.as_deref()).expose().to_owned();
    let t = &Texts::of(visitor.locale).access;
    let [title, message] = if token.is_empty() {
        [t.link_unknown_title, t.link_unknown]
    } else {
        [t.verify_title, t.verify_text]
    };
    let page = Frame::new(&visitor, title);
    pages::show(&visitor, &LinkPage { page, message, token, can_login: false })
}

#[derive(Deserialize)]
pub(super) struct Fields {
    token: Sensitive,
}

pub(super) async fn verify(visitor: Visitor, Post(fields): Post<Fields>) -> Result<Response, Error> {
    let t = Texts::of(visitor.locale);
    let (status, [title, message], can_login) = match visitor.verification().verify(fields.token).await {
        Ok(verified) => {
            let message = match verified.status.as_str() {
                "verified" => t.access.verified,
                "moved" => t.access.moved,
                "stopped" => t.access.stopped,
                "reverted" => {
                    // Everybody was logged out, this browser as well.
                    visitor.jar.remove(Cookie::Session);
                    t.access.reverted
                }
                _ => t.access.accepted,
            };
            (StatusCode::OK, [t.access.link_done, message], true)
        }
        Err(error) => match links::refused(&error, t) {
            Some((status, words)) => (status, words, false),
            None => return Err(error.into()),
        },
    };
    let page = Frame::new(&visitor, title);
    let can_login = can_login && !page.is_logged_in();
    pages::show_with(status, &visitor, &LinkPage { page, message, token: String::new(), can_login })
}
