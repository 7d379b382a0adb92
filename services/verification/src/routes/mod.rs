//! One file for each endpoint.

mod get_template;
mod get_verification;
mod internal;
mod list_templates;
mod list_verifications;
mod page;
mod preview_template;
mod put_template;
mod show_verify_page;
mod template_check;
mod verify;
mod words;

use estore_kit::limit::{
    Class::{Admin, Codes},
    limited,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use internal::router as internal;

/// What clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(limited(Codes, routes!(show_verify_page::show_verify_page, verify::verify)))
        .routes(limited(Admin, routes!(list_verifications::list_verifications)))
        .routes(limited(Admin, routes!(get_verification::get_verification)))
        .routes(limited(Admin, routes!(list_templates::list_templates)))
        .routes(limited(Admin, routes!(get_template::get_template, put_template::put_template)))
        .routes(limited(Admin, routes!(preview_template::preview_template)))
}
