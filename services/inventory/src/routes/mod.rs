//! One file for each endpoint.

mod adjust_stock;
mod archive_product;
mod cached;
mod create_product;
mod delete_category;
mod get_image;
mod get_product;
mod get_stock;
mod internal;
mod list_categories;
mod list_products;
mod list_tags;
mod patch_product;
mod product_check;
mod put_category;
mod replace_product;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use internal::router as internal;

/// What clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_products::list_products, create_product::create_product))
        .routes(routes!(
            get_product::get_product,
            replace_product::replace_product,
            patch_product::patch_product,
            archive_product::archive_product
        ))
        .routes(routes!(get_stock::get_stock))
        .routes(routes!(adjust_stock::adjust_stock))
        .routes(routes!(list_categories::list_categories))
        .routes(routes!(put_category::put_category, delete_category::delete_category))
        .routes(routes!(list_tags::list_tags))
        .routes(routes!(get_image::get_image))
}
