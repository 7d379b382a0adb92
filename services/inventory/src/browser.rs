//! Permission to read the catalogue.

use axum::{extract::FromRequestParts, http::request::Parts};
use estore_contract::{Code, introspection::Role};
use estore_server::{Problem, auth::Caller};

use crate::app::App;

/// A caller with a valid access token, or anyone if `ANONYMOUS_BROWSE=true`.
#[derive(Debug, Clone)]
pub(crate) struct Browser(Option<Caller>);

impl Browser {
    /// Returns 403 unless the caller is an admin.
    pub(crate) fn require_admin(&self) -> Result<(), Problem> {
        match &self.0 {
            Some(caller) if caller.principal.role == Role::Admin => Ok(()),
            _ => Err(Problem::new(Code::Forbidden, "Only an admin may list archived products.")),
        }
    }
}

impl FromRequestParts<App> for Browser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        // A token is checked if the answer may depend on it.
        let needs_caller = parts.uri.query().is_some_and(|query| query.contains("status="));
        if app.anonymous_browse && !needs_caller {
            return Ok(Self(None));
        }
        Caller::from_request_parts(parts, app).await.map(Some).map(Self)
    }
}
