//! Endpoints that only other services can reach.

mod contacts;
mod create_admin;
mod email_verified;
mod epoch;
mod introspect;
mod link_state;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(introspect::introspect))
        .routes(routes!(email_verified::email_verified))
        .routes(routes!(link_state::link_state))
        .routes(routes!(create_admin::create_admin))
        .routes(routes!(epoch::epoch))
        .routes(routes!(contacts::contacts))
}
