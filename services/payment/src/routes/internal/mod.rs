//! Endpoints that only other services can reach.

mod after_restore;
mod archive_orders;
mod close_user;
mod export_user;
mod list_archivable;
mod put_fault;
mod reseal_cards;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(after_restore::after_restore))
        .routes(routes!(list_archivable::list_archivable))
        .routes(routes!(archive_orders::archive_orders))
        .routes(routes!(close_user::close_user))
        .routes(routes!(export_user::export_user))
        .routes(routes!(put_fault::put_fault))
        .routes(routes!(reseal_cards::reseal_cards))
}
