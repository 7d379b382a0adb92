//! `GET /password/forgot` and `POST /password/forgot`.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::Email;
use serde::Deserialize;

use crate::{
    Error,
    pages::{self, Frame},
    session::Flash,
    web::{Kept, Visitor},
};

#[derive(Template)]
#[template(path = "forgot_password.html")]
struct ForgotPage {
    page: Frame,
    email: String,
    email_error: &'static str,
}

impl ForgotPage {
    fn new(visitor: &Visitor) -> Self {
        let page = Frame::titled(visitor, |t| t.access.forgot_title);
        Self { page, email: String::new(), email_error: "" }
    }
}

pub(super) async fn show(visitor: Visitor) -> Result<Response, Error> {
    pages::show(&visitor, &ForgotPage::new(&visitor))
}

#[derive(Deserialize)]
pub(super) struct Fields {
    email: String,
}

pub(super) async fn send(Kept(visitor, fields): Kept<Visitor, Fields>) -> Result<Response, Error> {
    let Ok(email) = fields.email.parse::<Email>() else {
        let mut shown = ForgotPage { email: fields.email, ..ForgotPage::new(&visitor) };
        shown.email_error = shown.page.t.access.bad_email;
        return pages::show_with(StatusCode::UNPROCESSABLE_ENTITY, &visitor, &shown);
    };
    visitor.user().forgot_password(email).await?;
    Flash::MailSent.keep(&visitor.jar);
    Ok(pages::go_to("/login"))
}
