//! Forms of the storefront's own pages.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use estore_contract::Code;
use estore_server::extract::{BODY_LIMIT, is_form, read_body};
use form_urlencoded::parse;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Error,
    app::App,
    forms::CardFields,
    session::{FORM_TOKEN, FormToken},
};

use super::{LocalPath, Visitor};

/// The fields of a form that carries the token of its visitor.
///
/// Fields of `T` are texts (or lists of texts) with `#[serde(default)]`. The handler checks them,
/// so that it can show the form again with what the visitor wrote.
pub(crate) struct Post<T>(pub(crate) T);

/// The guard of a handler, and the fields of a form whose only secrets are those of a card. If a
/// service does not answer, or the session waits for the User Service, the error page sends the
/// same fields again. So the visitor loses at most a card's fields, and the form keeps its key.
pub(crate) struct Kept<G, T>(pub(crate) G, pub(crate) T);

/// A form as a browser sent it: its path and its fields, without the token and a card's.
pub(crate) struct SentForm {
    pub(crate) path: LocalPath,
    pub(crate) fields: Vec<(String, String)>,
}

/// The fields of a form that is a button alone.
#[derive(Deserialize)]
pub(crate) struct NoFields {}

impl<T: DeserializeOwned> FromRequest<App> for Post<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        read(request, app).await.map(|(fields, _)| Self(fields))
    }
}

impl<G, T> FromRequest<App> for Kept<G, T>
where
    G: FromRequestParts<App, Rejection = Error> + Send,
    T: DeserializeOwned,
{
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let guard = match G::from_request_parts(&mut parts, app).await {
            // The form of a session that waits is read all the same, for the error page.
            Err(error) if !matches!(error, Error::SessionWaits) => return Err(error),
            guard => guard,
        };
        let visitor: Option<Visitor> = parts.extensions.get().cloned();
        let path = LocalPath::new(parts.uri.path());
        let (fields, body) = read(Request::from_parts(parts, body), app).await?;
        let is_kept = |name: &str| name != FORM_TOKEN && !CardFields::SECRETS.contains(&name);
        let sent = parse(&body).into_owned().filter(|(name, _)| is_kept(name)).collect();
        if let Some(visitor) = visitor {
            // A request has one body, so nothing is set yet.
            let _first = visitor.form.set(SentForm { path, fields: sent });
        }
        guard.map(|guard| Self(guard, fields))
    }
}

/// Reads a form that carries the token of its visitor, and returns its body too.
async fn read<T: DeserializeOwned>(request: Request, app: &App) -> Result<(T, Vec<u8>), Error> {
    if !is_form(request.headers()) {
        return Err(Error::NoForm);
    }
    let (mut parts, body) = request.into_parts();
    let body = read_body(body, BODY_LIMIT).await.map_err(|problem| match problem.code() {
        Code::PayloadTooLarge => Error::FormTooLong,
        _ => Error::BadForm,
    })?;
    let token = parse(&body).find(|(name, _)| name == FORM_TOKEN).map(|(_, value)| value);
    check_token(app, &mut parts, token.as_deref()).await?;
    let fields = serde_html_form::from_bytes(&body).map_err(|_error| Error::BadForm)?;
    Ok((fields, body))
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
