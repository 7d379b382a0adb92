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

use estore_kit::limit::{
    Class::{Admin, Codes, Login, Mails, Reads, Refresh, Register, Writes},
    limited,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use internal::router as internal;

/// What clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(limited(Register, routes!(register::register)))
        .routes(limited(Codes, routes!(verify_email::verify_email)))
        .routes(limited(Mails, routes!(resend_verification::resend_verification)))
        .routes(limited(Login, routes!(login::login)))
        .routes(limited(Refresh, routes!(refresh_token::refresh_token)))
        .routes(limited(Writes, routes!(logout::logout)))
        .routes(limited(Reads, routes!(get_me::get_me)))
        .routes(limited(Writes, routes!(patch_me::patch_me)))
        .routes(limited(Admin, routes!(list_users::list_users)))
        .routes(limited(Admin, routes!(get_user::get_user, patch_user::patch_user)))
}
