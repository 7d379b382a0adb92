//! `POST /account/cards/{id}/delete`.

use axum::{extract::Path, response::Response};
use estore_contract::PaymentMethodId;

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
    let id: PaymentMethodId = id.parse().map_err(|_| Error::NotFound)?;
    api::deleted(shopper.payment().delete_card(id).await)?;
    Flash::CardDeleted.keep(&shopper.jar);
    Ok(pages::go_to("/account/cards"))
}
