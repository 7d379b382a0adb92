//! `POST /admin/products/{sku}/stock`: books units, once for each form.

use axum::{extract::Path, http::StatusCode, response::Response};
use estore_contract::{Sku, inventory::AdjustmentBody, text::ShortText};
use serde::Deserialize;

use crate::{
    Error,
    api::ApiError,
    pages::{
        self,
        admin::product_page::{self, StockForm},
    },
    session::Flash,
    texts::{Texts, admin::refusal},
    web::{Kept, Owner},
};

/// The most units of one adjustment.
const MOST: i64 = 1_000_000;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    key: String,
    delta: String,
    reason: String,
}

/// Reads the adjustment, or returns which text says what is wrong.
fn adjustment(fields: &Fields) -> Result<AdjustmentBody, Mistake> {
    // A leading plus is part of a number.
    let delta = fields.delta.trim().parse().map_err(|_invalid| Mistake::Delta)?;
    if delta == 0 || !(-MOST..=MOST).contains(&delta) {
        return Err(Mistake::Delta);
    }
    let reason = ShortText::try_from(fields.reason.trim().to_owned()).map_err(|_rule| Mistake::Reason)?;
    Ok(AdjustmentBody { delta, reason })
}

#[derive(Debug, PartialEq, Eq)]
enum Mistake {
    Delta,
    Reason,
}

pub(super) async fn adjust(
    Path(sku): Path<String>,
    Kept(owner, mut fields): Kept<Owner, Fields>,
) -> Result<Response, Error> {
    let sku: Sku = sku.parse().map_err(|_invalid| Error::NotFound)?;
    let t = &Texts::of(owner.locale).admin.products;
    let (status, reason) = match adjustment(&fields) {
        Err(Mistake::Delta) => (StatusCode::UNPROCESSABLE_ENTITY, t.wrong_delta.to_owned()),
        Err(Mistake::Reason) => (StatusCode::UNPROCESSABLE_ENTITY, t.wrong_reason.to_owned()),
        Ok(body) => match owner.inventory().adjust_stock(&sku, &fields.key, &body).await {
            Ok(_adjustment) => {
                Flash::StockBooked.keep(&owner.jar);
                return Ok(pages::go_to(&format!("/admin/products/{sku}#stock")));
            }
            Err(error @ ApiError::Answered(_)) if error.is(409) || error.is(422) => {
                fields.key = super::key_after(&error, fields.key);
                let status =
                    if error.is(409) { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
                (status, refusal(&error, owner.locale))
            }
            Err(error) => return Err(error.into()),
        },
    };
    let Fields { key, delta, reason: why } = fields;
    let form = StockForm { key, delta, reason: why };
    product_page::show(&owner, &sku, None, None, Some((status, form, reason))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(delta: &str, reason: &str) -> Result<i64, Mistake> {
        let fields = Fields { delta: delta.to_owned(), reason: reason.to_owned(), ..Fields::default() };
        adjustment(&fields).map(|body| body.delta)
    }

    #[test]
    fn units_are_whole_and_bounded() {
        assert_eq!([read("5", "x"), read("+5", "x"), read(" -3 ", "x")], [Ok(5), Ok(5), Ok(-3)]);
        for delta in ["", "0", "1.5", "++1", "1000001", "five"] {
            assert_eq!(read(delta, "x"), Err(Mistake::Delta), "{delta}");
        }
    }

    #[test]
    fn adjustment_needs_a_reason() {
        assert_eq!(read("5", "  "), Err(Mistake::Reason));
        assert_eq!(read("5", &"x".repeat(201)), Err(Mistake::Reason));
    }
}
