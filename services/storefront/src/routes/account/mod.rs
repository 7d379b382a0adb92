//! The account of a customer.

mod add_card;
mod address;
mod addresses;
mod cards;
mod close;
mod data;
mod default_address;
mod delete_address;
mod delete_card;
mod email;
mod end_others;
mod end_session;
mod export;
mod password;
mod profile;
mod sessions;

use axum::{
    Router,
    routing::{get, post},
};

use crate::app::App;

#[expect(clippy::disallowed_methods, reason = "pages are for people, and no document describes them")]
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/account", get(profile::show).post(profile::save))
        .route("/account/addresses", get(addresses::show).post(addresses::add))
        .route("/account/addresses/{id}", get(address::show).post(address::change))
        .route("/account/addresses/{id}/default", post(default_address::make_default))
        .route("/account/addresses/{id}/delete", post(delete_address::delete))
        .route("/account/cards", get(cards::show).post(add_card::add))
        .route("/account/cards/{id}/delete", post(delete_card::delete))
        .route("/account/sessions", get(sessions::show))
        .route("/account/sessions/end-others", post(end_others::end))
        .route("/account/sessions/{id}/end", post(end_session::end))
        .route("/account/email", get(email::show).post(email::change))
        .route("/account/password", get(password::show).post(password::change))
        .route("/account/data", get(data::show))
        .route("/account/export", get(export::download))
        .route("/account/close", get(close::show).post(close::close))
}
