//! `GET /verify`.

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use estore_contract::Sensitive;
use form_urlencoded::parse;

use super::page::{self, Says};
use crate::{Error, app::App, domain::MailToken, peers::user, store::tokens};

/// A page with one button, and for a reset a field for the new password. Reading it uses nothing: mail scanners follow links. What mail
/// programs add to the link is ignored, and whatever is wrong with it is answered by a page.
#[utoipa::path(get, path = "/verify", tag = "verify", params(("token" = String, Query, description = "The token from the mail")), responses(
    (status = 200, description = "The page", content_type = "text/html", body = String),
    (status = 404, description = "The page for a token that we never mailed", content_type = "text/html", body = String),
    (status = 410, description = "The page for a token that was used, is too old, or does not count any more", content_type = "text/html", body = String),
    (status = 503, description = "Nothing was done; try again", content_type = "text/html", body = String),
))]
pub(super) async fn show_verify_page(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let token = token(query.as_deref().unwrap_or_default());
    match look(&app, &token).await {
        Ok(says) => page::answer(says, &headers, &app, token.expose()),
        Err(error) => match Says::of(&error) {
            Some(says) => page::answer(says, &headers, &app, ""),
            None => error.into_response(),
        },
    }
}

/// What the page says of a token that works. Only the User Service knows whether its link still does something.
async fn look(app: &App, token: &MailToken) -> Result<Says, Error> {
    let good = tokens::look(&app.database, token, app.clock.now()).await?;
    let says = Says::of_token(good.purpose).ok_or(Error::TokenUnknown)?;
    if user::waits(&app.user, good.user, &good.idempotency_key).await {
        Ok(says)
    } else {
        Err(Error::Superseded)
    }
}

/// The one token in a query; empty, which nobody ever got, where there is none or there are several.
fn token(query: &str) -> MailToken {
    let mut found: Vec<_> = parse(query.as_bytes())
        .filter(|(name, _)| name == "token")
        .map(|(_, value)| value.trim().to_owned())
        .collect();
    found.dedup();
    let token = if found.len() == 1 { found.pop() } else { None };
    MailToken::from(Sensitive::from(token.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_found_among_what_programs_add() {
        for query in [
            "token=abc",
            "token=abc&utm_source=mail&utm_medium=email",
            "fbclid=x&token=abc",
            "token=abc&token=abc",
            "token=%61bc%20&x=%ff%zz&&=&a=b=c",
            "to%6ben=abc",
        ] {
            assert_eq!(token(query).expose(), "abc", "{query}");
        }
        for query in ["", "token", "token=", "Token=abc", "token=abc&token=abd", "utm_source=mail", "%ff"] {
            assert_eq!(token(query).expose(), "", "{query}");
        }
    }
}
