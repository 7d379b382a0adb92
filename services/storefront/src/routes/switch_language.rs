//! `POST /language`: the switch in the footer.

use axum::response::Response;
use estore_contract::verification::Locale;
use serde::Deserialize;

use crate::{
    pages,
    session::Cookie,
    web::{LocalPath, Post, Visitor},
};

#[derive(Deserialize)]
pub(super) struct Fields {
    language: Locale,
    #[serde(default)]
    next: LocalPath,
}

pub(super) async fn switch(visitor: Visitor, Post(fields): Post<Fields>) -> Response {
    visitor.jar.set(Cookie::Language, fields.language.as_str().to_owned());
    pages::go(&fields.next)
}
