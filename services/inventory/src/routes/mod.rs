//! One file for each endpoint.

mod adjust_stock;
mod archive_product;
mod create_product;
mod delete_category;
mod get_image;
mod get_price_history;
mod get_product;
mod get_stock;
mod internal;
mod list_categories;
mod list_facets;
mod list_products;
mod list_tags;
mod patch_product;
mod put_category;
mod replace_product;
mod upload_image;

use estore_server::limit::{
    Class::{Admin, Reads},
    limited,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use internal::router as internal;

/// Returns the router of the endpoints that clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(limited(Reads, routes!(list_products::list_products)))
        .routes(limited(Admin, routes!(create_product::create_product)))
        .routes(limited(Reads, routes!(get_product::get_product)))
        .routes(limited(
            Admin,
            routes!(
                replace_product::replace_product,
                patch_product::patch_product,
                archive_product::archive_product
            ),
        ))
        .routes(limited(Admin, routes!(get_price_history::get_price_history)))
        .routes(limited(Admin, routes!(get_stock::get_stock)))
        .routes(limited(Admin, routes!(adjust_stock::adjust_stock)))
        .routes(limited(Reads, routes!(list_categories::list_categories)))
        .routes(limited(Admin, routes!(put_category::put_category, delete_category::delete_category)))
        .routes(limited(Reads, routes!(list_tags::list_tags)))
        .routes(limited(Reads, routes!(list_facets::list_facets)))
        .routes(limited(Admin, routes!(upload_image::upload_image)))
        .routes(limited(Reads, routes!(get_image::get_image)))
}
