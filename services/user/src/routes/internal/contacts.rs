//! `POST /internal/contacts`.

use axum::extract::State;
use estore_contract::{
    ErrorBody,
    verification::{AccountContact, Contact, ContactsAnswer, ContactsRequest},
};
use estore_server::{
    auth::{Peer, peers::Verification},
    extract::Json,
};

use crate::{Error, app::App, store::users};

/// Returns the current contact details of accounts, for emails that must not go to an earlier
/// address.
///
/// A closed account is left out and is not an error. Otherwise the caller could mistake it for a
/// service that does not know this path yet.
#[utoipa::path(post, path = "/internal/contacts", tag = "internal", security(("peer" = ["verification"])),
    request_body = ContactsRequest, responses(
    (status = 200, description = "The addresses; accounts that are closed or never existed are absent", body = ContactsAnswer),
    (status = 404, description = "No such path", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
))]
pub(crate) async fn contacts(
    State(app): State<App>,
    _peer: Peer<Verification>,
    Json(request): Json<ContactsRequest>,
) -> Result<Json<ContactsAnswer>, Error> {
    let users = users::by_ids(&app.database, &request.user_ids).await?;
    let contact = |user: users::User| AccountContact {
        user_id: user.profile.id,
        contact: Contact { email: user.profile.email, name: user.profile.name, locale: user.profile.locale },
    };
    Ok(Json(ContactsAnswer { contacts: users.into_iter().map(contact).collect() }))
}
