//! `GET /account/sessions`: the devices that are logged in.

use askama::Template;
use axum::response::Response;
use estore_contract::user::Session;

use crate::{
    Error,
    pages::{self, Frame},
    web::Shopper,
};

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct SessionsPage {
    page: Frame,
    sessions: Vec<Session>,
}

impl SessionsPage {
    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.current)
    }
}

pub(super) async fn show(shopper: Shopper) -> Result<Response, Error> {
    let sessions = shopper.user().sessions().await?;
    let page = Frame::titled(&shopper, |t| t.account.sessions);
    pages::show(&shopper, &SessionsPage { page, sessions })
}
