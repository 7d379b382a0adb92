//! `POST /admin/products/{sku}/pictures`: uploads a picture and adds it to the product.

use axum::{extract::Path, http::StatusCode, response::Response};
use estore_contract::{Sku, inventory::ProductPatch};

use crate::{
    Error,
    api::{ApiError, admin::Tagged},
    pages::{
        self,
        admin::{
            multipart::FileForm,
            picture::{MOST_BYTES, type_of},
            product::ProductForm,
            product_page::{self, Sent},
        },
    },
    session::Flash,
    texts::{Texts, admin::refusal},
    web::Owner,
};

/// The attempts to add the picture while other admins change the product.
const TRIES: usize = 3;
/// The most pictures of a product.
const MOST: usize = 10;

pub(super) async fn upload(
    owner: Owner,
    Path(sku): Path<String>,
    form: FileForm<MOST_BYTES>,
) -> Result<Response, Error> {
    let sku: Sku = sku.parse().map_err(|_invalid| Error::NotFound)?;
    let t = &Texts::of(owner.locale).admin.products;
    let Some(data) = form.file("file").filter(|data| !data.is_empty()).cloned() else {
        return refused(&owner, &sku, t.no_file.to_owned()).await;
    };
    let Some(kind) = type_of(&data) else {
        return refused(&owner, &sku, t.not_a_picture.to_owned()).await;
    };
    let inventory = owner.inventory();
    let url = match inventory.upload_image(kind, data).await {
        Ok(image) => image.url,
        Err(error) if error.is(422) => return refused(&owner, &sku, t.bad_picture.to_owned()).await,
        Err(error) if error.is(413) => return refused(&owner, &sku, refusal(&error, owner.locale)).await,
        Err(error) => return Err(error.into()),
    };
    for _ in 0..TRIES {
        let Tagged { product, tag } = inventory.tagged(&sku).await?;
        let mut images = product.images;
        if !images.contains(&url) {
            if images.len() >= MOST {
                return refused(&owner, &sku, t.too_many_pictures.to_owned()).await;
            }
            images.push(url.clone());
            let patch = ProductPatch { images: Some(Some(images)), ..ProductPatch::default() };
            match inventory.patch_product(&sku, &tag, &patch).await {
                Ok(_product) => {}
                Err(error) if error.is(412) => continue,
                Err(error) => return Err(error.into()),
            }
        }
        Flash::PictureAdded.keep(&owner.jar);
        return Ok(pages::go_to(&format!("/admin/products/{sku}#pictures")));
    }
    Err(ApiError::Away(crate::api::Service::Inventory).into())
}

/// Shows the product with the reason.
async fn refused(owner: &Owner, sku: &Sku, reason: String) -> Result<Response, Error> {
    let now = owner.inventory().tagged(sku).await?;
    let form = ProductForm::of(&now.product, owner.locale);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let sent = Sent { status, form, wrongs: Vec::new(), reason: Some(reason), preview: None };
    product_page::show(owner, sku, Some(now), Some(sent), None).await
}
