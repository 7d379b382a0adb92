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
        if app.anonymous_browse && !needs_caller(parts.uri.query().unwrap_or_default()) {
            return Ok(Self(None));
        }
        Caller::from_request_parts(parts, app).await.map(Some).map(Self)
    }
}

/// Returns true if the answer may depend on the caller: archived products are for admins.
fn needs_caller(query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "status" && value == "archived")
}

#[cfg(test)]
mod tests {
    use super::needs_caller;

    #[test]
    fn only_archived_products_need_a_caller() {
        for query in ["status=archived", "limit=1&status=archived", "st%61tus=archived", "status=arch%69ved"]
        {
            assert!(needs_caller(query), "{query}");
        }
        for query in ["", "status=active", "q=status%3Darchived", "q=order-status=archived", "status=sold"] {
            assert!(!needs_caller(query), "{query}");
        }
    }
}
