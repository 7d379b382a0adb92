//! `POST /logout`.

use axum::response::Response;

use crate::{
    api::ApiError,
    pages,
    session::{Cookie, Flash, FormToken},
    web::{NoFields, Post, Visitor},
};

/// Ends the session here even if the User Service is away: then its tokens end by themselves.
pub(super) async fn logout(visitor: Visitor, Post(NoFields {}): Post<NoFields>) -> Response {
    if visitor.session.is_some()
        && let Err(ApiError::Away(_)) = visitor.user().logout().await
    {
        tracing::warn!("tokens of a logged-out browser were not ended; they expire by themselves");
    }
    // The next person at this browser does not see the basket either.
    visitor.jar.remove(Cookie::Session);
    visitor.jar.remove(Cookie::Basket);
    FormToken::renew(&visitor.jar);
    Flash::LoggedOut.keep(&visitor.jar);
    pages::go_to("/")
}
