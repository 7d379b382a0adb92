//! Endpoints that only other services can reach.

mod change_batch;
mod confirm_reservation;
mod forget_reservations;
mod get_reservation;
mod import_catalog;
mod quote;
mod read_journal;
mod read_records;
mod release_reservation;
mod reserve;
mod return_reservation;
mod withdraw_category;
mod withdraw_product;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(reserve::reserve, read_journal::read_journal))
        .routes(routes!(change_batch::change_batch))
        .routes(routes!(quote::quote))
        .routes(routes!(get_reservation::get_reservation))
        .routes(routes!(confirm_reservation::confirm_reservation))
        .routes(routes!(release_reservation::release_reservation))
        .routes(routes!(return_reservation::return_reservation))
        .routes(routes!(import_catalog::import_catalog))
        .routes(routes!(withdraw_product::withdraw_product))
        .routes(routes!(withdraw_category::withdraw_category))
        .routes(routes!(read_records::read_records))
        .routes(routes!(forget_reservations::forget_reservations))
}
