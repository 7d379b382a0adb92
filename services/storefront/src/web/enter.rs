//! The layer around all pages.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Visitor, headers, origin, visitor::Inner};
use crate::{Error, app::App, pages};

/// Reads the visitor, refuses forms of other sites, shows errors as pages, and completes the
/// headers.
pub(crate) async fn enter(State(app): State<App>, mut request: Request, next: Next) -> Response {
    // The body of a request must not be borrowed while other work is waited for.
    let read = Inner::read(app.clone(), &request);
    let visitor = Visitor::of(read).await;
    let mut response = if origin::is_allowed(request.method(), request.headers(), &app.config) {
        request.extensions_mut().insert(visitor.clone());
        next.run(request).await
    } else {
        app.metrics.forms_refused.with_label_values(&["origin"]).inc();
        Error::OtherSite.into_response()
    };
    if let Some(error) = response.extensions_mut().remove::<Error>() {
        response = pages::error(&visitor, &error);
    }
    visitor.jar.write(response.headers_mut());
    headers::complete(response.headers_mut(), app.config.is_secure);
    response
}
