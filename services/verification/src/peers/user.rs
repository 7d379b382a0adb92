//! The client for the User Service.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use axum::http::Method;
use estore_client::{PeerClient, PeerError};
use estore_contract::{
    Code, UserId,
    verification::{
        Contact, ContactsAnswer, ContactsRequest, EmailVerified, LinkOutcome, LinkPressed, LinkState,
    },
};

/// The longest wait of a person who has pressed a button and expects the result.
const LIMIT: Duration = Duration::from_secs(2);

/// Delivers a verified event, with retries, and returns the outcome of the link.
pub(crate) async fn pressed(
    client: &PeerClient,
    user: UserId,
    event: &EmailVerified,
) -> Result<LinkOutcome, PeerError> {
    outcome(client.call(Method::POST, &path(user), Some(event)).await)
}

/// Delivers a verified event once, while a person waits.
pub(crate) async fn pressed_now(
    client: &PeerClient,
    user: UserId,
    event: &EmailVerified,
) -> Result<LinkOutcome, PeerError> {
    outcome(client.call_within(Method::POST, &path(user), event, LIMIT).await)
}

/// Reports whether the link in an email can still have an effect. Returns `true` if the User
/// Service does not answer in time.
pub(crate) async fn waits(client: &PeerClient, user: UserId, idempotency_key: &str) -> bool {
    let path = format!("/internal/users/{user}/links/{idempotency_key}");
    client.read_within(&path, LIMIT).await.map_or(true, |state: LinkState| state.waits)
}

fn path(user: UserId) -> String {
    format!("/internal/users/{user}/email-verified")
}

/// Maps a missing account to "superseded", because the links of a deleted account have no effect.
fn outcome(answer: Result<LinkPressed, PeerError>) -> Result<LinkOutcome, PeerError> {
    match answer {
        Ok(pressed) => Ok(pressed.outcome),
        Err(error) if error.code() == Some(Code::NotFound) => Ok(LinkOutcome::Superseded),
        Err(error) => Err(error),
    }
}

/// Returns the current contact details of accounts. Leaves out closed accounts.
pub(crate) async fn contacts(
    client: &PeerClient,
    users: BTreeSet<UserId>,
) -> Result<HashMap<UserId, Contact>, PeerError> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let request = ContactsRequest { user_ids: users.into_iter().collect() };
    let answer: ContactsAnswer = client.call(Method::POST, "/internal/contacts", Some(&request)).await?;
    Ok(answer.contacts.into_iter().map(|found| (found.user_id, found.contact)).collect())
}
