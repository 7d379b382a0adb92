//! `GET /internal/users/{id}/contact`.

use axum::extract::State;
use estore_contract::{
    ErrorBody, UserId,
    verification::{Contact, ContactAnswer},
};
use estore_kit::{
    auth::{Peer, peers::Verification},
    extract::{Json, Path},
};

use crate::{Error, app::App, store::users};

/// Where mails to an account go now, for mails that must not go where it was before. A closed account is no error, so that it is not
/// mistaken for a service that does not know this path yet.
#[utoipa::path(get, path = "/internal/users/{id}/contact", tag = "internal", security(("peer" = ["verification"])),
    params(("id" = UserId, Path, description = "The account")), responses(
    (status = 200, description = "Where; `null` for an account that is closed, or never was", body = ContactAnswer),
    (status = 403, description = "This peer is not served", body = ErrorBody),
    (status = 404, description = "No such path", body = ErrorBody),
    (status = 503, description = "Try again", body = ErrorBody),
))]
pub(crate) async fn contact(
    State(app): State<App>,
    _peer: Peer<Verification>,
    Path(id): Path<UserId>,
) -> Result<Json<ContactAnswer>, Error> {
    let user = users::by_id(&app.database, id).await?;
    let contact = user.map(|user| Contact {
        email: user.profile.email,
        name: user.profile.name,
        locale: user.profile.locale,
    });
    Ok(Json(ContactAnswer { contact }))
}
