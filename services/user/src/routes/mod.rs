//! One file for each endpoint.

mod get_me;
mod get_user;
mod internal;
mod list_users;
mod login;
mod logout;
mod patch_me;
mod patch_user;
mod refresh_token;
mod register;
mod resend_verification;
mod session;
mod verify_email;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use internal::router as internal;

/// What clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(register::register))
        .routes(routes!(verify_email::verify_email))
        .routes(routes!(resend_verification::resend_verification))
        .routes(routes!(login::login))
        .routes(routes!(refresh_token::refresh_token))
        .routes(routes!(logout::logout))
        .routes(routes!(get_me::get_me, patch_me::patch_me))
        .routes(routes!(list_users::list_users))
        .routes(routes!(get_user::get_user, patch_user::patch_user))
}
