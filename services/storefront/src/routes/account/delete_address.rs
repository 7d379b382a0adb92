//! `POST /account/addresses/{id}/delete`.

use axum::{extract::Path, response::Response};
use estore_contract::AddressId;

use crate::{
    Error, api, pages,
    session::Flash,
    web::{NoFields, Post, Shopper},
};

pub(super) async fn delete(
    shopper: Shopper,
    Path(id): Path<String>,
    Post(NoFields {}): Post<NoFields>,
) -> Result<Response, Error> {
    let id: AddressId = id.parse().map_err(|_| Error::NotFound)?;
    api::deleted(shopper.user().delete_address(id).await)?;
    Flash::AddressDeleted.keep(&shopper.jar);
    Ok(pages::go_to("/account/addresses"))
}
