//! `GET /account/password` and `POST /account/password`: sets a new password.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::Sensitive;
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
    current_password: Sensitive,
    new_password: Sensitive,
}

#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordPage {
    page: Frame,
    wrongs: Wrongs,
}

impl PasswordPage {
    fn new(shopper: &Shopper, wrongs: Wrongs) -> Self {
        let page = Frame::titled(shopper, |t| t.account.change_password);
        Self { page, wrongs }
    }
}

pub(super) async fn show(shopper: Shopper) -> Result<Response, Error> {
    pages::show(&shopper, &PasswordPage::new(&shopper, Wrongs::default()))
}

pub(super) async fn change(shopper: Shopper, Post(fields): Post<Fields>) -> Result<Response, Error> {
    let mut wrongs = Wrongs::default();
    let Fields { current_password, new_password } = fields;
    match shopper.user().change_password(current_password, new_password).await {
        Ok(()) => {
            Flash::PasswordRenewed.keep(&shopper.jar);
            return Ok(pages::go_to("/account/password"));
        }
        Err(error) if error.code() == "wrong_password" => wrongs.add("current_password", Wrong::Password),
        // Only the service knows which passwords are common.
        Err(error) if wrongs.note(&error, &[("new_password", "new_password", Wrong::NewPassword)]) => {}
        Err(error) => return Err(error.into()),
    }
    let mut shown = PasswordPage::new(&shopper, wrongs);
    shown.page.notice(Tone::Bad, shown.page.t.common.check_fields);
    pages::show_with(StatusCode::UNPROCESSABLE_ENTITY, &shopper, &shown)
}
