//! One file for each endpoint.

mod cancel_order;
mod create_order;
mod create_payment_method;
mod create_refund;
mod delete_payment_method;
mod follow_order;
mod get_order;
mod get_payment_method;
mod internal;
mod list_activity;
mod list_failed_refunds;
mod list_orders;
mod list_payment_methods;
mod list_refunds;
mod list_transactions;
mod report_sales;

use estore_server::limit::{
    Class::{Admin, Cards, Orders, Reads, Writes},
    limited,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use internal::router as internal;

/// Returns the router of the endpoints that clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(limited(Reads, routes!(list_payment_methods::list_payment_methods)))
        .routes(limited(Cards, routes!(create_payment_method::create_payment_method)))
        .routes(limited(Reads, routes!(get_payment_method::get_payment_method)))
        .routes(limited(Writes, routes!(delete_payment_method::delete_payment_method)))
        .routes(limited(Reads, routes!(list_orders::list_orders)))
        .routes(limited(Orders, routes!(create_order::create_order)))
        .routes(limited(Reads, routes!(get_order::get_order)))
        .routes(limited(Reads, routes!(follow_order::follow_order)))
        .routes(limited(Writes, routes!(cancel_order::cancel_order)))
        .routes(limited(Reads, routes!(list_refunds::list_refunds)))
        .routes(limited(Admin, routes!(create_refund::create_refund)))
        .routes(limited(Admin, routes!(list_failed_refunds::list_failed_refunds)))
        .routes(limited(Reads, routes!(list_transactions::list_transactions)))
        .routes(limited(Admin, routes!(report_sales::report_sales)))
        .routes(limited(Reads, routes!(list_activity::list_activity)))
}
