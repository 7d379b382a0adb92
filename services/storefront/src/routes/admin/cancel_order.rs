//! `POST /admin/orders/{id}/cancel`: cancels an order in progress.

use axum::{extract::Path, http::StatusCode, response::Response};
use estore_base::random;
use estore_contract::OrderId;

use crate::{
    Error,
    api::ApiError,
    pages::{
        self,
        admin::{order, refund::RefundForm},
    },
    session::Flash,
    texts::admin::refusal,
    web::{NoFields, Owner, Post},
};

pub(super) async fn cancel(
    owner: Owner,
    Path(id): Path<String>,
    Post(NoFields {}): Post<NoFields>,
) -> Result<Response, Error> {
    let id: OrderId = id.parse().map_err(|_invalid| Error::NotFound)?;
    match owner.payment().cancel_any(id).await {
        Ok(_order) => {
            Flash::OrderStopped.keep(&owner.jar);
            Ok(pages::go_to(&format!("/admin/orders/{id}")))
        }
        Err(error @ ApiError::Answered(_)) if !error.is(404) => {
            let form = RefundForm { key: random::uuid_v4().to_string(), ..RefundForm::default() };
            let sent = (StatusCode::CONFLICT, form, refusal(&error, owner.locale));
            order::show(&owner, id, Some(sent)).await
        }
        Err(error) => Err(error.into()),
    }
}
