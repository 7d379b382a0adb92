//! Who may read the catalogue.

use axum::{extract::FromRequestParts, http::request::Parts};
use estore_kit::{Problem, auth::Caller};

use crate::app::App;

/// A caller with a good access token, or anybody where `ANONYMOUS_BROWSE=true`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Browser;

impl FromRequestParts<App> for Browser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if !app.anonymous_browse {
            Caller::from_request_parts(parts, app).await?;
        }
        Ok(Self)
    }
}
