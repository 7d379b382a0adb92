//! The orders of a customer.

mod again;
mod cancel;
mod events;
mod list;
mod live;
mod show;

use axum::{
    Router,
    routing::{get, post},
};

use crate::app::App;

#[expect(clippy::disallowed_methods, reason = "pages are for people, and no document describes them")]
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/orders", get(list::show))
        .route("/orders/{id}", get(show::show))
        .route("/orders/{id}/live", get(live::show))
        .route("/orders/{id}/events", get(events::follow))
        .route("/orders/{id}/cancel", post(cancel::cancel))
        .route("/orders/{id}/again", post(again::again))
}
