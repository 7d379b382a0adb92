//! One file for each endpoint.

mod after_restore;
mod answer;
mod archive_orders;
mod cancel_order;
mod close_user;
mod create_order;
mod create_payment_method;
mod create_refund;
mod delete_payment_method;
mod export_user;
mod get_order;
mod get_payment_method;
mod list_archivable;
mod list_orders;
mod list_payment_methods;
mod list_refunds;
mod list_transactions;
mod reseal_cards;

use estore_kit::limit::{
    Class::{Admin, Cards, Orders, Reads, Writes},
    limited,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

/// What clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(limited(Reads, routes!(list_payment_methods::list_payment_methods)))
        .routes(limited(Cards, routes!(create_payment_method::create_payment_method)))
        .routes(limited(Reads, routes!(get_payment_method::get_payment_method)))
        .routes(limited(Writes, routes!(delete_payment_method::delete_payment_method)))
        .routes(limited(Reads, routes!(list_orders::list_orders)))
        .routes(limited(Orders, routes!(create_order::create_order)))
        .routes(limited(Reads, routes!(get_order::get_order)))
        .routes(limited(Writes, routes!(cancel_order::cancel_order)))
        .routes(limited(Reads, routes!(list_refunds::list_refunds)))
        .routes(limited(Admin, routes!(create_refund::create_refund)))
        .routes(limited(Reads, routes!(list_transactions::list_transactions)))
}

/// What only other services reach.
pub(crate) fn internal() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(after_restore::after_restore))
        .routes(routes!(list_archivable::list_archivable))
        .routes(routes!(archive_orders::archive_orders))
        .routes(routes!(close_user::close_user))
        .routes(routes!(export_user::export_user))
        .routes(routes!(reseal_cards::reseal_cards))
}
