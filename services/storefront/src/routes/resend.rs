//! `POST /verify/resend`: sends the link for a new account again.

use axum::response::Response;
use estore_contract::Email;
use serde::Deserialize;

use super::login::show_bad_email;
use crate::{
    Error, pages,
    session::Flash,
    web::{Kept, LocalPath, Visitor},
};

#[derive(Deserialize)]
pub(super) struct Fields {
    email: String,
}

/// Says the same for every address, as the User Service does.
pub(super) async fn resend(Kept(visitor, fields): Kept<Visitor, Fields>) -> Result<Response, Error> {
    let Ok(email) = fields.email.parse::<Email>() else {
        return show_bad_email(&visitor, fields.email, LocalPath::default());
    };
    visitor.user().resend(email).await?;
    Flash::MailSent.keep(&visitor.jar);
    Ok(pages::go_to("/login"))
}
