//! Endpoints that only other services can reach.

mod erase_user;
mod export_user;
mod redeem;
mod request_batch;
mod request_verification;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(request_verification::request_verification))
        .routes(routes!(request_batch::request_batch))
        .routes(routes!(redeem::redeem))
        .routes(routes!(export_user::export_user))
        .routes(routes!(erase_user::erase_user))
}
