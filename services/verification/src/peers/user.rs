//! The User Service.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use axum::http::Method;
use estore_contract::{
    Code, UserId,
    verification::{
        Contact, ContactsAnswer, ContactsRequest, EmailVerified, LinkOutcome, LinkPressed, LinkState,
    },
};
use estore_kit::peer::{PeerClient, PeerError};

/// How long a person who has pressed a button waits to learn what it did.
const LIMIT: Duration = Duration::from_secs(2);

/// Tells that a link was pressed, until it answers what became of the link.
pub(crate) async fn pressed(
    client: &PeerClient,
    user: UserId,
    report: &EmailVerified,
) -> Result<LinkOutcome, PeerError> {
    outcome(client.call(Method::POST, &path(user), Some(report)).await)
}

/// Tells it once, while somebody waits.
pub(crate) async fn pressed_now(
    client: &PeerClient,
    user: UserId,
    report: &EmailVerified,
) -> Result<LinkOutcome, PeerError> {
    outcome(client.call_within(Method::POST, &path(user), report, LIMIT).await)
}

/// Whether the link in a mail does something still; `true` if the User Service does not say so in time.
pub(crate) async fn waits(client: &PeerClient, user: UserId, idempotency_key: &str) -> bool {
    let path = format!("/internal/users/{user}/links/{idempotency_key}");
    client.read_within(&path, LIMIT).await.map_or(true, |state: LinkState| state.waits)
}

fn path(user: UserId) -> String {
    format!("/internal/users/{user}/email-verified")
}

/// The links of an account that is gone do nothing.
fn outcome(answer: Result<LinkPressed, PeerError>) -> Result<LinkOutcome, PeerError> {
    match answer {
        Ok(pressed) => Ok(pressed.outcome),
        Err(error) if error.code() == Some(Code::NotFound) => Ok(LinkOutcome::Superseded),
        Err(error) => Err(error),
    }
}

/// Where mails to accounts go now. Accounts that are closed are left out.
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
