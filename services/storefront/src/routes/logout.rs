//! `POST /logout`.

use std::time::Duration;

use axum::response::Response;
use estore_telemetry::trace::carry;
use tokio::{spawn, sync::OwnedSemaphorePermit, time::sleep};

use crate::{
    api::User,
    pages,
    session::{Cookie, Flash, FormToken, RefreshError, Session},
    web::{NoFields, Post, Visitor},
};

/// The pauses before each repeat of a logout that the User Service did not answer, in seconds. A
/// refresh token lives for up to 30 days, so it must not be left to its end.
const PAUSES: [u64; 9] = [1, 2, 4, 8, 15, 30, 60, 120, 240];

/// Ends the session here at once, and at the User Service as soon as it answers.
pub(super) async fn logout(visitor: Visitor, Post(NoFields {}): Post<NoFields>) -> Response {
    // A session that waits for new tokens is in the cookie alone.
    if let Some(session) = Session::open(&visitor.jar, &visitor.app.config.keys) {
        let has_ended = match &visitor.session {
            Some(session) => ends(&visitor, session).await,
            None => !visitor.is_waiting,
        };
        if !has_ended {
            let session = visitor.session.clone().unwrap_or(session);
            if let Ok(place) = visitor.app.logouts.clone().try_acquire_owned() {
                tracing::warn!(session = %session.id, "logout was not answered; will retry");
                spawn(carry(end_later(visitor.clone(), session, place)));
            } else {
                tracing::warn!(session = %session.id, "logout was not answered, and too many are being retried");
            }
        }
    }
    // The next person at this browser does not see the basket either.
    visitor.jar.remove(Cookie::Session);
    visitor.jar.remove(Cookie::Basket);
    // With this attempt, the next order page or checkout would take lines out of the next basket.
    visitor.jar.remove(Cookie::Checkout);
    FormToken::renew(&visitor.jar);
    Flash::LoggedOut.keep(&visitor.jar);
    pages::go_to("/")
}

/// Repeats a logout until it is answered, with new tokens if the old ones have expired.
async fn end_later(visitor: Visitor, mut session: Session, _place: OwnedSemaphorePermit) {
    for pause in PAUSES {
        sleep(Duration::from_secs(pause)).await;
        let now = visitor.app.clock.now();
        if session.is_expired(now) {
            match visitor.exchange(&session, now).await {
                Ok(new) => session = new,
                Err(RefreshError::Ended) => return,
                Err(RefreshError::Away) => continue,
            }
        }
        if ends(&visitor, &session).await {
            return;
        }
    }
    tracing::warn!(session = %session.id, "session of a logged-out browser did not end; its owner can end it");
}

/// Logs out at the User Service. Returns false if the session may live on.
async fn ends(visitor: &Visitor, session: &Session) -> bool {
    match User::new(visitor.caller_of(Some(session))).logout().await {
        Ok(()) => true,
        Err(error) => error.is(401),
    }
}
