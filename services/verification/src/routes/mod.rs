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

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use internal::router as internal;

/// What clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(show_verify_page::show_verify_page, verify::verify))
        .routes(routes!(list_verifications::list_verifications))
        .routes(routes!(get_verification::get_verification))
        .routes(routes!(list_templates::list_templates))
        .routes(routes!(get_template::get_template, put_template::put_template))
        .routes(routes!(preview_template::preview_template))
}
