//! `POST /verify/resend`: sends the link for a new account again.

use axum::response::Response;
use estore_contract::Email;
use serde::Deserialize;

use crate::{
    Error, pages,
    session::Flash,
    web::{Post, Visitor},
};

#[derive(Deserialize)]
pub(super) struct Fields {
    email: String,
}

/// Says the same for every address, as the User Service does.
pub(super) async fn resend(visitor: Visitor, Post(fields): Post<Fields>) -> Result<Response, Error> {
    let email: Email = fields.email.parse().map_err(|_| Error::BadForm)?;
    visitor.user().resend(email).await?;
    Flash::MailSent.keep(&visitor.jar);
    Ok(pages::go_to("/login"))
}
