//! `GET /verify`.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use estore_contract::{ErrorBody, Sensitive};
use estore_kit::extract::Query;
use serde::Deserialize;
use utoipa::IntoParams;

use super::page::{self, Says};
use crate::{Error, app::App, domain::MailToken, peers::user, store::tokens};

/// Which token.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// The token from the mail.
    #[param(value_type = String)]
    token: Sensitive,
}

/// A page with one button, and for a reset a field for the new password. Reading it uses nothing: mail scanners follow links.
#[utoipa::path(get, path = "/verify", tag = "verify", params(Params), responses(
    (status = 200, description = "The page", content_type = "text/html", body = String),
    (status = 404, description = "The page for a token that we never mailed", content_type = "text/html", body = String),
    (status = 410, description = "The page for a token that was used, is too old, or does not count any more", content_type = "text/html", body = String),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done; try again", body = ErrorBody),
))]
pub(super) async fn show_verify_page(
    State(app): State<App>,
    headers: HeaderMap,
    Query(params): Query<Params>,
) -> Response {
    let token = MailToken::from(params.token);
    match look(&app, &token).await {
        Ok(says) => page::answer(says, &headers, &app, token.expose()),
        Err(error) => match Says::of(&error) {
            Some(says) => page::answer(says, &headers, &app, ""),
            None => error.into_response(),
        },
    }
}

/// What the page says of a token that works. Only the User Service knows whether its link still does something.
async fn look(app: &App, token: &MailToken) -> Result<Says, Error> {
    let good = tokens::look(&app.database, token, app.clock.now()).await?;
    let says = Says::of_token(good.purpose).ok_or(Error::TokenUnknown)?;
    if user::waits(&app.user, good.user, &good.idempotency_key).await {
        Ok(says)
    } else {
        Err(Error::Superseded)
    }
}
