//! `GET /verify`.

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use estore_contract::Sensitive;
use form_urlencoded::parse;

use crate::{
    Error,
    app::App,
    domain::MailToken,
    links,
    pages::{self, PageKind},
};

/// Shows a page with one button, and a field for the new password if the token is for a password
/// reset.
///
/// Reading the page uses nothing up, because mail scanners follow links. Parameters that email
/// programs add to the link are ignored. A defective link gets a page too.
#[utoipa::path(get, path = "/verify", tag = "verify", params(("token" = String, Query, description = "The token from the email")), responses(
    (status = 200, description = "The page", content_type = "text/html", body = String),
    (status = 404, description = "The page for an unknown token", content_type = "text/html", body = String),
    (status = 410, description = "The page for a token that was used, has expired or was superseded", content_type = "text/html", body = String),
))]
pub(super) async fn show_verify_page(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let token = token(query.as_deref().unwrap_or_default());
    match look(&app, &token).await {
        Ok(kind) => pages::answer(kind, &headers, &app, token.expose()),
        Err(error) => match PageKind::of(&error) {
            Some(kind) => pages::answer(kind, &headers, &app, ""),
            None => error.into_response(),
        },
    }
}

async fn look(app: &App, token: &MailToken) -> Result<PageKind, Error> {
    PageKind::of_token(links::look(app, token).await?).ok_or(Error::TokenUnknown)
}

/// Returns the only token in a query. If there is none, or there are several, returns an empty
/// token, which was never issued.
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
    fn token_is_found_among_added_parameters() {
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
