//! Forms of the storefront's own pages.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use estore_server::extract::{BODY_LIMIT, is_form, read_body};
use form_urlencoded::parse;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Error,
    app::App,
    session::{FORM_TOKEN, FormToken},
};

use super::Visitor;

/// The fields of a form that carries the token of its visitor.
///
/// Fields of `T` are texts (or lists of texts) with `#[serde(default)]`. The handler checks them,
/// so that it can show the form again with what the visitor wrote.
pub(crate) struct Post<T>(pub(crate) T);

/// The fields of a form that is a button alone.
#[derive(Deserialize)]
pub(crate) struct NoFields {}

impl<T: DeserializeOwned> FromRequest<App> for Post<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        if !is_form(request.headers()) {
            return Err(Error::BadForm);
        }
        let (mut parts, body) = request.into_parts();
        let body = read_body(body, BODY_LIMIT).await.map_err(|_problem| Error::BadForm)?;
        let token = parse(&body).find(|(name, _)| name == FORM_TOKEN).map(|(_, value)| value);
        check_token(app, &mut parts, token.as_deref()).await?;
        serde_html_form::from_bytes(&body).map(Self).map_err(|_error| Error::BadForm)
    }
}

/// Checks the token of a form. [`Post`] does so by itself.
pub(crate) async fn check_token(app: &App, parts: &mut Parts, token: Option<&str>) -> Result<(), Error> {
    let visitor = Visitor::from_request_parts(parts, app).await?;
    if FormToken::is_right(&visitor.jar, &app.config.keys, token.unwrap_or_default()) {
        return Ok(());
    }
    app.metrics.forms_refused.with_label_values(&["token"]).inc();
    Err(Error::FormExpired)
}
