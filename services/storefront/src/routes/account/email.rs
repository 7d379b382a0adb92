//! `GET /account/email` and `POST /account/email`: moves the account to another address.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::{Email, Sensitive};
use serde::Deserialize;

use crate::{
    Error,
    forms::{Wrong, Wrongs},
    pages::{self, Frame, Tone},
    session::Flash,
    web::{Post, Shopper},
};

#[derive(Deserialize)]
pub(super) struct Fields {
    new_email: String,
    password: Sensitive,
}

#[derive(Template)]
#[template(path = "account/email.html")]
struct EmailPage {
    page: Frame,
    email: Email,
    new_email: String,
    wrongs: Wrongs,
}

impl EmailPage {
    async fn read(shopper: &Shopper) -> Result<Self, Error> {
        let email = shopper.user().me().await?.email;
        let page = Frame::titled(shopper, |t| t.account.email);
        Ok(Self { page, email, new_email: String::new(), wrongs: Wrongs::default() })
    }
}

pub(super) async fn show(shopper: Shopper) -> Result<Response, Error> {
    pages::show(&shopper, &EmailPage::read(&shopper).await?)
}

pub(super) async fn change(shopper: Shopper, Post(fields): Post<Fields>) -> Result<Response, Error> {
    let mut wrongs = Wrongs::default();
    let Fields { new_email, password } = fields;
    if let Some(email) = wrongs.read("new_email", &new_email, Wrong::Email, |text| text.parse().ok()) {
        match shopper.user().change_email(password, email).await {
            Ok(_) => {
                Flash::MailSent.keep(&shopper.jar);
                return Ok(pages::go_to("/account/email"));
            }
            Err(error) if error.code() == "wrong_password" => wrongs.add("password", Wrong::Password),
            Err(error) if wrongs.note(&error, &[("new_email", "new_email", Wrong::SameEmail)]) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut shown = EmailPage { new_email, wrongs, ..EmailPage::read(&shopper).await? };
    shown.page.notice(Tone::Bad, shown.page.t.common.check_fields);
    pages::show_with(StatusCode::UNPROCESSABLE_ENTITY, &shopper, &shown)
}
