//! One file for each page. A form's page and the answer to the form share a path and a file.

mod account;
mod add_to_basket;
mod admin;
mod change_basket;
mod checkout;
mod engine;
mod forgot_password;
mod home;
mod list_products;
mod login;
mod logout;
mod new_password;
mod orders;
mod product_stock;
mod register;
mod registered;
mod resend;
mod show_basket;
mod show_category;
mod show_product;
mod suggest;
mod switch_language;
mod verify;

use axum::{
    Router, middleware,
    routing::{any, get, post},
};

use crate::{Error, app::App, assets, proxy, web};

/// Returns all routes: pages, assets, and the services' APIs.
#[expect(clippy::disallowed_methods, reason = "pages are for people, and no document describes them")]
pub(crate) fn router(app: App) -> Router {
    let pages = Router::new()
        .merge(catalogue())
        .merge(access())
        .merge(checkout::router())
        .merge(orders::router())
        .merge(account::router())
        .merge(admin::router())
        .merge(engine::router(&app))
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(app.clone(), web::enter));
    Router::new()
        .route("/assets/{name}", get(assets::serve))
        .route("/api/{service}/{*path}", any(proxy::forward))
        .merge(pages)
        .with_state(app)
}

/// Looking around, and the basket.
#[expect(clippy::disallowed_methods, reason = "pages are for people, and no document describes them")]
fn catalogue() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/products", get(list_products::show))
        .route("/products/{sku}", get(show_product::show))
        .route("/products/{sku}/stock", get(product_stock::show))
        .route("/categories/{slug}", get(show_category::show))
        .route("/suggest", get(suggest::show))
        .route("/basket", get(show_basket::show).post(change_basket::change))
        .route("/basket/add", post(add_to_basket::add))
        .route("/language", post(switch_language::switch))
}

/// Logging in, and the links in emails.
#[expect(clippy::disallowed_methods, reason = "pages are for people, and no document describes them")]
fn access() -> Router<App> {
    Router::new()
        .route("/login", get(login::show).post(login::login))
        .route("/logout", post(logout::logout))
        .route("/register", get(register::show).post(register::register))
        .route("/register/sent", get(registered::show))
        .route("/verify", get(verify::show).post(verify::verify))
        .route("/verify/resend", post(resend::resend))
        .route("/password/forgot", get(forgot_password::show).post(forgot_password::send))
        .route("/password/new", get(new_password::show).post(new_password::change))
}
