//! `POST /account/sessions/end-others`: ends every session but this one.

use axum::response::Response;
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    Error,
    api::deleted,
    pages,
    session::Flash,
    web::{NoFields, Post, Shopper},
};

/// The most pages of sessions that one press of the button ends, and the most calls at once.
const MOST_PAGES: usize = 5;
const AT_ONCE: usize = 8;

pub(super) async fn end(shopper: Shopper, Post(NoFields {}): Post<NoFields>) -> Result<Response, Error> {
    let user = shopper.user();
    // Sessions that have ended are listed no more, so the first page has the next ones.
    for _ in 0..MOST_PAGES {
        let mut others = user.sessions().await?;
        others.retain(|session| !session.current);
        if others.is_empty() {
            Flash::SessionsEnded.keep(&shopper.jar);
            return Ok(pages::go_to("/account/sessions"));
        }
        // It may end meanwhile.
        let ends = others.into_iter().map(|session| {
            let user = &user;
            async move { deleted(user.end_session(session.id).await) }
        });
        stream::iter(ends).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    }
    Flash::SessionsLeft.keep(&shopper.jar);
    Ok(pages::go_to("/account/sessions"))
}
