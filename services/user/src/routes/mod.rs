//! One file for each endpoint.

mod change_email;
mod change_password;
mod delete_me;
mod end_session;
mod export_me;
mod forgot_password;
mod get_me;
mod get_user;
mod internal;
mod list_sessions;
mod list_users;
mod login;
mod logout;
mod mail_link;
mod notice;
mod password;
mod patch_me;
mod patch_user;
mod proof;
mod refresh_token;
mod register;
mod resend_verification;
mod reset_page;
mod reset_password;
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
        .routes(routes!(forgot_password::forgot_password))
        .routes(routes!(reset_password::reset_password))
        .routes(routes!(login::login))
        .routes(routes!(refresh_token::refresh_token))
        .routes(routes!(logout::logout))
        .routes(routes!(get_me::get_me, patch_me::patch_me, delete_me::delete_me))
        .routes(routes!(export_me::export_me))
        .routes(routes!(change_password::change_password))
        .routes(routes!(change_email::change_email))
        .routes(routes!(list_sessions::list_sessions))
        .routes(routes!(end_session::end_session))
        .routes(routes!(list_users::list_users))
        .routes(routes!(get_user::get_user, patch_user::patch_user))
}
