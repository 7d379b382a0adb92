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

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

/// What clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(
            list_payment_methods::list_payment_methods,
            create_payment_method::create_payment_method
        ))
        .routes(routes!(get_payment_method::get_payment_method, delete_payment_method::delete_payment_method))
        .routes(routes!(list_orders::list_orders, create_order::create_order))
        .routes(routes!(get_order::get_order))
        .routes(routes!(cancel_order::cancel_order))
        .routes(routes!(list_refunds::list_refunds, create_refund::create_refund))
        .routes(routes!(list_transactions::list_transactions))
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
