//! The User Service.

use axum::http::Method;
use estore_contract::{
    Code, UserId,
    verification::{Contact, ContactAnswer, EmailVerified},
};
use estore_kit::peer::{PeerClient, PeerError};

/// Tells that an address is proven. An account that is gone needs no telling.
pub(crate) async fn email_verified(
    client: &PeerClient,
    user: UserId,
    report: &EmailVerified,
) -> Result<(), PeerError> {
    match client.call(Method::POST, &format!("/internal/users/{user}/email-verified"), Some(report)).await {
        Err(error) if error.code() == Some(Code::NotFound) => Ok(()),
        answer => answer,
    }
}

/// Where mails to an account go now; `None` for an account that is closed.
pub(crate) async fn contact(client: &PeerClient, user: UserId) -> Result<Option<Contact>, PeerError> {
    let path = format!("/internal/users/{user}/contact");
    let answer: ContactAnswer = client.call(Method::GET, &path, None::<&()>).await?;
    Ok(answer.contact)
}
