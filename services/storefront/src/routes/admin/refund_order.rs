//! `POST /admin/orders/{id}/refund`: refunds an order by line, or all that is left.

use axum::{extract::Path, http::StatusCode, response::Response};
use estore_contract::{OrderId, payment::RefundStatus};

use crate::{
    Error,
    pages::{
        self,
        admin::{
            order,
            refund::{RefundForm, RefundMistake, left},
        },
    },
    session::Flash,
    texts::{Texts, admin::refusal},
    web::{Kept, Owner},
};

pub(super) async fn refund(
    Path(id): Path<String>,
    Kept(owner, form): Kept<Owner, RefundForm>,
) -> Result<Response, Error> {
    let id: OrderId = id.parse().map_err(|_invalid| Error::NotFound)?;
    let payment = owner.payment();
    let t = &Texts::of(owner.locale).admin.orders;
    // A refund that this form made before takes its units already, and is found by its key. So the
    // units are checked against what the order has, and the service checks what is left.
    let order = payment.any_order(id).await?.order;
    let request = match form.request(&left(&order, &[])) {
        Ok(request) => request,
        Err(mistake) => {
            let reason = match mistake {
                RefundMistake::NothingChosen => t.nothing_chosen,
                RefundMistake::Units => t.wrong_units,
                RefundMistake::Reason => t.wrong_reason,
            };
            let sent = (StatusCode::UNPROCESSABLE_ENTITY, form, reason.to_owned());
            return order::show(&owner, id, Some(sent)).await;
        }
    };
    let flash = match payment.refund(id, &form.key, &request).await {
        Ok(refund) => match refund.status {
            RefundStatus::Completed => Flash::RefundMade,
            RefundStatus::Pending => Flash::RefundPending,
            RefundStatus::Failed => Flash::RefundFailed,
        },
        Err(error) => {
            let is_unknown = error.is_unknown();
            let reason = if is_unknown { t.unknown.to_owned() } else { refusal(&error, owner.locale) };
            let status =
                if is_unknown { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::UNPROCESSABLE_ENTITY };
            let form = RefundForm { key: super::key_after(&error, form.key), ..form };
            return order::show(&owner, id, Some((status, form, reason))).await;
        }
    };
    flash.keep(&owner.jar);
    Ok(pages::go_to(&format!("/admin/orders/{id}")))
}
