//! `POST /account/sessions/{id}/end`.

use axum::{extract::Path, response::Response};
use estore_contract::SessionId;

use crate::{
    Error, api, pages,
    session::Flash,
    web::{NoFields, Post, Shopper},
};

pub(super) async fn end(
    shopper: Shopper,
    Path(id): Path<String>,
    Post(NoFields {}): Post<NoFields>,
) -> Result<Response, Error> {
    let id: SessionId = id.parse().map_err(|_| Error::NotFound)?;
    api::deleted(shopper.user().end_session(id).await)?;
    Flash::SessionsEnded.keep(&shopper.jar);
    Ok(pages::go_to("/account/sessions"))
}
