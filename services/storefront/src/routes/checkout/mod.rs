//! The checkout.

mod place;
mod show;

use axum::{Router, routing::get};

use crate::app::App;

#[expect(clippy::disallowed_methods, reason = "pages are for people, and no document describes them")]
pub(super) fn router() -> Router<App> {
    Router::new().route("/checkout", get(show::show).post(place::place))
}
