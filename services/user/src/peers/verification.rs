//! The client for the Verification Service.

use axum::http::Method;
use estore_client::{PeerClient, PeerError};
use estore_contract::{
    Code, Email, Sensitive, UserId,
    verification::{Purpose, RedeemRequest, Redeemed, VerificationAccepted, VerificationRequest},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Error;

/// Requests an email. The Verification Service recognises repeats by the request's idempotency key.
pub(crate) async fn ask(
    client: &PeerClient,
    request: &VerificationRequest,
) -> Result<VerificationAccepted, PeerError> {
    client.call(Method::POST, "/internal/verifications", Some(request)).await
}

/// The link whose token was redeemed.
pub(crate) struct Spent {
    pub(crate) user_id: UserId,
    /// The address that the email was sent to.
    pub(crate) email: Email,
    /// The id of the email in the outbox.
    pub(crate) mail: Uuid,
}

/// Redeems the token of an email. The redemption id is derived from `attempt`: the token, and
/// whatever else must be the same in a repeat. A client that lost the answer can therefore repeat
/// the request within ten minutes. The id reveals nothing about the token, which is 256 random
/// bits.
pub(crate) async fn redeem(
    client: &PeerClient,
    token: &Sensitive,
    attempt: &Sensitive,
    purpose: Purpose,
) -> Result<Spent, Error> {
    let redemption_id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &Sha256::digest(attempt.expose()));
    let request = RedeemRequest { token: token.clone(), purpose, redemption_id };
    let answer = client.call(Method::POST, "/internal/verifications/redeem", Some(&request)).await;
    let redeemed: Redeemed = answer.map_err(|error| match error.code() {
        Some(code @ (Code::TokenUnknown | Code::TokenUsed | Code::TokenExpired)) => Error::MailToken(code),
        _ if matches!(error, PeerError::Unknown { .. }) => Error::Unredeemed(error),
        _ => Error::Peer(error),
    })?;
    let mail =
        mail(redeemed.idempotency_key.as_deref()).ok_or_else(|| Error::OlderPeer.after_redemption())?;
    Ok(Spent { user_id: redeemed.user_id, email: redeemed.email, mail })
}

/// Returns the email's id in the outbox, which was the idempotency key of the request. A replica of
/// the previous release does not send it.
pub(crate) fn mail(idempotency_key: Option<&str>) -> Option<Uuid> {
    idempotency_key.and_then(|key| key.parse().ok())
}
