//! One file for each endpoint.

mod get_template;
mod get_verification;
mod internal;
mod list_order_emails;
mod list_templates;
mod list_verifications;
mod preview_link;
mod preview_template;
mod put_template;
mod show_verify_page;
mod test_template;
mod verify;

use estore_server::limit::{
    Class::{Admin, Codes, Reads},
    limited,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use internal::router as internal;

/// Returns the router of the endpoints that clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(limited(Codes, routes!(show_verify_page::show_verify_page, verify::verify)))
        .routes(limited(Codes, routes!(preview_link::preview_link)))
        .routes(limited(Reads, routes!(list_order_emails::list_order_emails)))
        .routes(limited(Admin, routes!(list_verifications::list_verifications)))
        .routes(limited(Admin, routes!(get_verification::get_verification)))
        .routes(limited(Admin, routes!(list_templates::list_templates)))
        .routes(limited(Admin, routes!(get_template::get_template, put_template::put_template)))
        .routes(limited(Admin, routes!(preview_template::preview_template)))
        .routes(limited(Admin, routes!(test_template::test_template)))
}
