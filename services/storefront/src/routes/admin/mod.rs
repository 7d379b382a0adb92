//! The back office: pages for admins. For others, they do not exist.

mod adjust_stock;
mod apply_import;
mod cancel_order;
mod categories;
mod change_category;
mod change_status;
mod customer;
mod edit_product;
mod export_products;
mod import_products;
mod list_customers;
mod list_mails;
mod list_orders;
mod list_products;
mod mail_template;
mod new_product;
mod preview_template;
mod refund_order;
mod show_order;
mod test_template;
mod today;
mod upload_picture;

use axum::{
    Router,
    routing::{get, post},
};

use estore_base::random;

use crate::{api::ApiError, app::App};

/// Returns the routes of the back office.
#[expect(clippy::disallowed_methods, reason = "pages are for people, and no document describes them")]
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin", get(today::show))
        .route("/admin/orders", get(list_orders::show))
        .route("/admin/orders/{id}", get(show_order::show))
        .route("/admin/orders/{id}/refund", post(refund_order::refund))
        .route("/admin/orders/{id}/cancel", post(cancel_order::cancel))
        .route("/admin/products", get(list_products::show))
        .route("/admin/products.csv", get(export_products::export))
        .route("/admin/new-product", get(new_product::show).post(new_product::create))
        .route("/admin/products/{sku}", get(edit_product::show).post(edit_product::change))
        .route("/admin/products/{sku}/status", post(change_status::change))
        .route("/admin/products/{sku}/stock", post(adjust_stock::adjust))
        .route("/admin/products/{sku}/pictures", post(upload_picture::upload))
        .route("/admin/import", get(import_products::show).post(import_products::plan))
        .route("/admin/import/apply", post(apply_import::apply))
        .route("/admin/categories", get(categories::show).post(categories::create))
        .route("/admin/categories/{slug}", get(change_category::show).post(change_category::change))
        .route("/admin/customers", get(list_customers::show))
        .route("/admin/customers/{id}", get(customer::show).post(customer::change))
        .route("/admin/mails", get(list_mails::show))
        .route("/admin/templates/{name}/{language}", get(mail_template::show).post(mail_template::save))
        .route(
            "/admin/templates/{name}/{language}/preview",
            get(preview_template::stored).post(preview_template::sent),
        )
        .route("/admin/templates/{name}/{language}/test", post(test_template::send))
}

/// Returns the key of a form that a service refused. A key that was used for another request does
/// nothing any more.
fn key_after(error: &ApiError, key: String) -> String {
    if error.code() == "idempotency_key_reused" { random::uuid_v4().to_string() } else { key }
}
