//! `POST /admin/products/{sku}/status`: takes a product off sale, or puts it back.

use axum::{extract::Path, http::StatusCode, response::Response};
use estore_contract::{
    Sku,
    inventory::{ProductPatch, ProductStatus},
};
use serde::Deserialize;

use crate::{
    Error,
    api::ApiError,
    pages::{
        self,
        admin::{
            product::{ProductForm, wrongs_of},
            product_page::{self, Sent},
        },
    },
    session::Flash,
    texts::admin::refusal,
    web::{Owner, Post},
};

#[derive(Deserialize)]
pub(super) struct Fields {
    status: String,
    /// The entity tag of the product that the page shows.
    tag: String,
}

pub(super) async fn change(
    owner: Owner,
    Path(sku): Path<String>,
    Post(fields): Post<Fields>,
) -> Result<Response, Error> {
    let sku: Sku = sku.parse().map_err(|_invalid| Error::NotFound)?;
    let inventory = owner.inventory();
    let (result, flash) = match fields.status.parse::<ProductStatus>().map_err(|_unknown| Error::BadForm)? {
        ProductStatus::Archived => {
            (inventory.archive_product(&sku, &fields.tag).await, Flash::ProductArchived)
        }
        status @ ProductStatus::Active => {
            let patch = ProductPatch { status: Some(status), ..ProductPatch::default() };
            let patched = inventory.patch_product(&sku, &fields.tag, &patch).await;
            (patched.map(|_product| ()), Flash::ProductRestored)
        }
    };
    match result {
        Ok(()) => {
            flash.keep(&owner.jar);
            Ok(pages::go_to(&format!("/admin/products/{sku}")))
        }
        // Somebody has changed it meanwhile, or it cannot be sold: its category may be gone.
        Err(error @ ApiError::Answered(_)) if error.is(412) || error.is(422) => {
            let now = inventory.tagged(&sku).await?;
            let form = ProductForm::of(&now.product, owner.locale);
            let reason = Some(refusal(&error, owner.locale));
            let status = if error.is(412) { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            let sent = Sent { status, form, wrongs: wrongs_of(&error), reason, preview: None };
            product_page::show(&owner, &sku, Some(now), Some(sent), None).await
        }
        Err(error) => Err(error.into()),
    }
}
