//! One file for each endpoint.

mod get_load;
mod put_load;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::serve::App;

/// Returns the router of the API.
pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(get_load::get_load)).routes(routes!(put_load::put_load))
}
