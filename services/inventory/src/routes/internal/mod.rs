//! What only other services reach.

mod change_reservation;
mod forget_reservations;
mod get_reservation;
mod import_catalog;
mod quote;
mod read_journal;
mod read_records;
mod reserve;
mod return_reservation;
mod withdraw;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(reserve::reserve, read_journal::read_journal))
        .routes(routes!(quote::quote))
        .routes(routes!(get_reservation::get_reservation))
        .routes(routes!(change_reservation::confirm))
        .routes(routes!(change_reservation::release))
        .routes(routes!(return_reservation::put_back))
        .routes(routes!(import_catalog::import_catalog))
        .routes(routes!(withdraw::product))
        .routes(routes!(withdraw::category))
        .routes(routes!(read_records::read_records))
        .routes(routes!(forget_reservations::forget_reservations))
}
