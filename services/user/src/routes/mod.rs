//! One file for each endpoint.

mod add_address;
mod change_email;
mod change_password;
mod delete_address;
mod delete_me;
mod end_session;
mod export_me;
mod forgot_password;
mod get_me;
mod get_user;
mod internal;
mod list_addresses;
mod list_sessions;
mod list_users;
mod login;
mod logout;
mod patch_me;
mod patch_user;
mod put_address;
mod refresh_token;
mod register;
mod resend_verification;
mod reset_password;
mod verify_email;

use estore_server::limit::{
    Class::{Admin, Codes, Login, Mails, Password, Reads, Refresh, Register, Writes},
    limited,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use internal::router as internal;

/// Returns the router of the endpoints that clients reach.
pub(crate) fn public() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(limited(Register, routes!(register::register)))
        .routes(limited(Codes, routes!(verify_email::verify_email)))
        .routes(limited(Mails, routes!(resend_verification::resend_verification)))
        .routes(limited(Mails, routes!(forgot_password::forgot_password)))
        .routes(limited(Codes, routes!(reset_password::reset_password)))
        .routes(limited(Login, routes!(login::login)))
        .routes(limited(Refresh, routes!(refresh_token::refresh_token)))
        .routes(limited(Writes, routes!(logout::logout)))
        .routes(limited(Reads, routes!(get_me::get_me)))
        .routes(limited(Writes, routes!(patch_me::patch_me)))
        .routes(limited(Reads, routes!(list_addresses::list_addresses)))
        .routes(limited(Writes, routes!(add_address::add_address)))
        .routes(limited(Writes, routes!(put_address::put_address, delete_address::delete_address)))
        .routes(limited(Password, routes!(delete_me::delete_me)))
        .routes(limited(Password, routes!(export_me::export_me)))
        .routes(limited(Password, routes!(change_password::change_password)))
        .routes(limited(Password, routes!(change_email::change_email)))
        .routes(limited(Reads, routes!(list_sessions::list_sessions)))
        .routes(limited(Writes, routes!(end_session::end_session)))
        .routes(limited(Admin, routes!(list_users::list_users)))
        .routes(limited(Admin, routes!(get_user::get_user, patch_user::patch_user)))
}
