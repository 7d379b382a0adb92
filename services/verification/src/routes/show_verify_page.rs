//! `GET /verify`.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use estore_contract::{ErrorBody, Sensitive, verification::Purpose};
use estore_kit::extract::Query;
use serde::Deserialize;
use utoipa::IntoParams;

use super::page::{self, Says};
use crate::{app::App, domain::MailToken, store::tokens};

/// Which token.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// The token from the mail.
    #[param(value_type = String)]
    token: Sensitive,
}

/// A page with one button. Reading it uses nothing: mail scanners follow links.
#[utoipa::path(get, path = "/verify", tag = "verify", params(Params), responses(
    (status = 200, description = "The page", content_type = "text/html", body = String),
    (status = 404, description = "The page for a token that we never mailed", content_type = "text/html", body = String),
    (status = 410, description = "The page for a token that was used or is too old", content_type = "text/html", body = String),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(super) async fn show_verify_page(
    State(app): State<App>,
    headers: HeaderMap,
    Query(params): Query<Params>,
) -> Response {
    let token = MailToken::from(params.token);
    match tokens::look(&app.database, &token, Purpose::Email, app.clock.now()).await {
        Ok(()) => page::answer(Says::Ask, &headers, &app.shop, token.expose()),
        Err(error) => match Says::of(&error) {
            Some(says) => page::answer(says, &headers, &app.shop, ""),
            None => error.into_response(),
        },
    }
}
