//! `POST /account/sessions/end-others`: ends every session but this one.

use axum::response::Response;
use futures::future::try_join_all;

use crate::{
    Error, pages,
    session::Flash,
    web::{NoFields, Post, Shopper},
};

pub(super) async fn end(shopper: Shopper, Post(NoFields {}): Post<NoFields>) -> Result<Response, Error> {
    let user = shopper.user();
    let sessions = user.sessions().await?;
    let others = sessions.iter().filter(|session| !session.current).map(async |session| {
        match user.end_session(session.id).await {
            // It ended meanwhile.
            Err(error) if error.is(404) => Ok(()),
            ended => ended,
        }
    });
    try_join_all(others).await?;
    Flash::SessionsEnded.keep(&shopper.jar);
    Ok(pages::go_to("/account/sessions"))
}
