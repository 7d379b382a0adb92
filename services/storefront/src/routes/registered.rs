//! `GET /register/sent`: what to do after a registration.

use askama::Template;
use axum::response::Response;

use crate::{
    Error,
    pages::{self, Frame},
    web::Visitor,
};

#[derive(Template)]
#[template(path = "mail_sent.html")]
struct MailSentPage {
    page: Frame,
}

pub(super) async fn show(visitor: Visitor) -> Result<Response, Error> {
    let page = Frame::titled(&visitor, |t| t.access.mail_title);
    pages::show(&visitor, &MailSentPage { page })
}
