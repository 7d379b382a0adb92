//! `GET /account/close` and `POST /account/close`: closes the account for good.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::Sensitive;
use serde::Deserialize;

use crate::{
    Error,
    forms::{Wrong, Wrongs},
    pages::{self, Frame, Tone},
    session::{Cookie, Flash, FormToken},
    web::{Post, Shopper},
};

#[derive(Deserialize)]
pub(super) struct Fields {
    password: Sensitive,
}

#[derive(Template)]
#[template(path = "account/close.html")]
struct ClosePage {
    page: Frame,
    wrongs: Wrongs,
}

impl ClosePage {
    fn new(shopper: &Shopper, wrongs: Wrongs) -> Self {
        let page = Frame::titled(shopper, |t| t.account.close);
        Self { page, wrongs }
    }
}

pub(super) async fn show(shopper: Shopper) -> Result<Response, Error> {
    pages::show(&shopper, &ClosePage::new(&shopper, Wrongs::default()))
}

pub(super) async fn close(shopper: Shopper, Post(fields): Post<Fields>) -> Result<Response, Error> {
    let mut wrongs = Wrongs::default();
    let status = match shopper.user().close(fields.password).await {
        Ok(()) => {
            for cookie in [Cookie::Session, Cookie::Basket, Cookie::Checkout] {
                shopper.jar.remove(cookie);
            }
            FormToken::renew(&shopper.jar);
            Flash::AccountClosed.keep(&shopper.jar);
            return Ok(pages::go_to("/"));
        }
        Err(error) if error.code() == "wrong_password" => {
            wrongs.add("password", Wrong::Password);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(error) if error.code() == "last_admin" => StatusCode::CONFLICT,
        Err(error) => return Err(error.into()),
    };
    let mut shown = ClosePage::new(&shopper, wrongs);
    let t = shown.page.t;
    let is_admin = status == StatusCode::CONFLICT;
    shown.page.notice(Tone::Bad, if is_admin { t.account.admin_cannot_close } else { t.common.check_fields });
    pages::show_with(status, &shopper, &shown)
}
