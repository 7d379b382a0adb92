//! `POST /account/addresses/{id}/default`: makes an address the default.

use axum::{extract::Path, response::Response};
use estore_contract::{AddressId, user::AddressBody};

use crate::{
    Error, pages,
    session::Flash,
    web::{NoFields, Post, Shopper},
};

pub(super) async fn make_default(
    shopper: Shopper,
    Path(id): Path<String>,
    Post(NoFields {}): Post<NoFields>,
) -> Result<Response, Error> {
    let id: AddressId = id.parse().map_err(|_| Error::NotFound)?;
    let saved = shopper.user().addresses().await?;
    let saved = saved.into_iter().find(|saved| saved.id == id).ok_or(Error::NotFound)?;
    let (label, recipient, address) = (saved.label, saved.recipient, saved.address);
    let body = AddressBody { label, recipient, address, is_default: Some(true) };
    shopper.user().change_address(id, &body).await?;
    Flash::AddressSaved.keep(&shopper.jar);
    Ok(pages::go_to("/account/addresses"))
}
