//! `GET /admin/new-product` and `POST /admin/new-product`.

use axum::{http::StatusCode, response::Response};
use estore_contract::{
    Sku,
    inventory::{ProductBody, ProductStatus},
};

use crate::{
    Error,
    api::ApiError,
    pages::{
        self,
        admin::{
            product::{ProductForm, Wrong, difference, new_product, wrongs_of},
            product_page::{self, Preview, Sent},
        },
    },
    session::Flash,
    texts::{Texts, admin::refusal},
    web::{Kept, Owner},
};

pub(super) async fn show(owner: Owner) -> Result<Response, Error> {
    product_page::show_new(&owner, None).await
}

pub(super) async fn create(Kept(owner, form): Kept<Owner, ProductForm>) -> Result<Response, Error> {
    let t = Texts::of(owner.locale);
    let (sku, body) = (form.sku(), form.body(owner.locale));
    let (sku, body) = match (sku, body) {
        (Ok(sku), Ok(body)) => (sku, body),
        (sku, body) => {
            let wrongs: Vec<Wrong> = sku.err().into_iter().chain(body.err().unwrap_or_default()).collect();
            let reason = Some(t.common.check_fields.to_owned());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return product_page::show_new(
                &owner,
                Some(Sent { status, form, wrongs, reason, preview: None }),
            )
            .await;
        }
    };
    if !form.is_saved() {
        let sent = Sent {
            status: StatusCode::OK,
            form,
            wrongs: Vec::new(),
            reason: None,
            preview: Some(preview(&body)),
        };
        return product_page::show_new(&owner, Some(sent)).await;
    }
    let new = new_product(sku.clone(), body.clone());
    match owner.inventory().create_product(&new).await {
        Ok(_product) => Ok(created(&owner, &sku)),
        Err(error @ ApiError::Answered(_)) if !error.is(401) && !error.is(403) && !error.is_unknown() => {
            // A form whose answer was lost finds its own product.
            if error.code() == "sku_exists" && is_stored(&owner, &sku, &body).await? {
                return Ok(created(&owner, &sku));
            }
            let reason = match error.code() {
                "sku_exists" => t.admin.products.sku_exists.to_owned(),
                _ => refusal(&error, owner.locale),
            };
            let (status, wrongs) = (StatusCode::UNPROCESSABLE_ENTITY, wrongs_of(&error));
            let sent = Sent { status, form, wrongs, reason: Some(reason), preview: None };
            product_page::show_new(&owner, Some(sent)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Leads to the new product.
fn created(owner: &Owner, sku: &Sku) -> Response {
    Flash::ProductCreated.keep(&owner.jar);
    pages::go_to(&format!("/admin/products/{sku}"))
}

/// Reports whether the shop sells the product as the form describes it.
async fn is_stored(owner: &Owner, sku: &Sku, body: &ProductBody) -> Result<bool, Error> {
    let stored = owner.inventory().product(sku).await?;
    Ok(stored.status == ProductStatus::Active && difference(&stored, body).is_none())
}

/// Returns the preview of a new product.
fn preview(body: &ProductBody) -> Preview {
    Preview {
        changes: Vec::new(),
        name: body.name.to_string(),
        description: body.description.clone(),
        price: body.price,
        image: body.images.first().cloned(),
    }
}
