//! `GET /admin/products/{sku}` and `POST /admin/products/{sku}`: one product, and a change of its
//! description.

use axum::{extract::Path, http::StatusCode, response::Response};
use estore_contract::{
    Sku,
    inventory::{Product, ProductBody},
};

use crate::{
    Error,
    api::{ApiError, admin::Tagged},
    pages::{
        self,
        admin::{
            product::{ProductForm, difference, wrongs_of},
            product_page::{self, Preview, Sent},
        },
    },
    session::Flash,
    texts::{Texts, admin::refusal},
    web::{Kept, Owner},
};

pub(super) async fn show(owner: Owner, Path(sku): Path<String>) -> Result<Response, Error> {
    let sku: Sku = sku.parse().map_err(|_invalid| Error::NotFound)?;
    product_page::show(&owner, &sku, None, None, None).await
}

/// Saves only what differs, and only if nobody else has changed the product since the form was
/// shown. Otherwise shows both.
pub(super) async fn change(
    Path(sku): Path<String>,
    Kept(owner, form): Kept<Owner, ProductForm>,
) -> Result<Response, Error> {
    let sku: Sku = sku.parse().map_err(|_invalid| Error::NotFound)?;
    let t = Texts::of(owner.locale);
    let body = match form.body(owner.locale) {
        Ok(body) => body,
        Err(wrongs) => {
            let reason = Some(t.common.check_fields.to_owned());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let sent = Sent { status, form, wrongs, reason, preview: None };
            return product_page::show(&owner, &sku, None, Some(sent), None).await;
        }
    };
    let now = owner.inventory().tagged(&sku).await?;
    let found = difference(&now.product, &body);
    // A form whose answer was lost finds its own change.
    if form.is_saved() && found.is_none() {
        return Ok(saved(&owner, &sku));
    }
    if now.product.version.to_string() != form.version {
        return conflict(&owner, &sku, now, form, &body).await;
    }
    let Some(found) = found.filter(|_| form.is_saved()) else {
        let preview = Some(preview(&now.product, &body));
        let sent = Sent { status: StatusCode::OK, form, wrongs: Vec::new(), reason: None, preview };
        return product_page::show(&owner, &sku, Some(now), Some(sent), None).await;
    };
    match owner.inventory().patch_product(&sku, &now.tag, &found.patch).await {
        Ok(_product) => Ok(saved(&owner, &sku)),
        // Somebody was faster in this very moment, perhaps the same form sent twice.
        Err(error) if error.is(412) => {
            let now = owner.inventory().tagged(&sku).await?;
            if difference(&now.product, &body).is_none() {
                return Ok(saved(&owner, &sku));
            }
            conflict(&owner, &sku, now, form, &body).await
        }
        Err(error @ ApiError::Answered(_)) if error.is(422) => {
            let (status, wrongs) = (StatusCode::UNPROCESSABLE_ENTITY, wrongs_of(&error));
            let reason = Some(refusal(&error, owner.locale));
            let sent = Sent { status, form, wrongs, reason, preview: None };
            product_page::show(&owner, &sku, Some(now), Some(sent), None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Leads to the product, which is as the form wants it.
fn saved(owner: &Owner, sku: &Sku) -> Response {
    Flash::Saved.keep(&owner.jar);
    pages::go_to(&format!("/admin/products/{sku}"))
}

/// Shows the difference to the product that somebody else changed. Only here does the form get the
/// present version, so that the next attempt overwrites on purpose.
async fn conflict(
    owner: &Owner,
    sku: &Sku,
    now: Tagged,
    mut form: ProductForm,
    body: &ProductBody,
) -> Result<Response, Error> {
    let reason = Some(Texts::of(owner.locale).admin.products.conflict.to_owned());
    let preview = Some(preview(&now.product, body));
    form.version = now.product.version.to_string();
    let sent = Sent { status: StatusCode::CONFLICT, form, wrongs: Vec::new(), reason, preview };
    product_page::show(owner, sku, Some(now), Some(sent), None).await
}

fn preview(now: &Product, body: &ProductBody) -> Preview {
    Preview {
        changes: difference(now, body).map(|found| found.changes).unwrap_or_default(),
        name: body.name.to_string(),
        description: body.description.clone(),
        price: body.price,
        image: body.images.first().cloned(),
    }
}
