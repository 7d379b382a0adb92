//! `POST /verify/preview`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    verification::{LinkPreview, VerifyRequest},
};
use estore_server::extract::Json;

use crate::{Error, app::App, domain::MailToken, links};

/// Returns what the link in an email is for, and uses nothing up.
///
/// A front end with pages of its own asks this before it shows a button, as the page of
/// `GET /verify` does. For `email`, its button then calls `POST /verify-email` at the User Service,
/// which opens a session; for `password_reset`, `POST /password/reset` there. For the other
/// purposes it calls `POST /verify`.
#[utoipa::path(post, path = "/verify/preview", tag = "verify", request_body = VerifyRequest, responses(
    (status = 200, description = "The link works", body = LinkPreview),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 404, description = "`token_unknown`", body = ErrorBody),
    (status = 410, description = "`token_used` (also if another link, a new password or an admin came first), `token_expired`", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(super) async fn preview_link(
    State(app): State<App>,
    Json(request): Json<VerifyRequest>,
) -> Result<Json<LinkPreview>, Error> {
    let purpose = links::look(&app, &MailToken::from(request.token)).await?;
    Ok(Json(LinkPreview { purpose }))
}
