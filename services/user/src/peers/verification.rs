//! The Verification Service.

use axum::http::Method;
use estore_contract::{
    Code, Email, Sensitive, UserId,
    verification::{Purpose, RedeemRequest, Redeemed, VerificationAccepted, VerificationRequest},
};
use estore_kit::peer::{PeerClient, PeerError};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Error;

/// Asks for a mail; repeats are recognised by the request's key.
pub(crate) async fn ask(
    client: &PeerClient,
    request: &VerificationRequest,
) -> Result<VerificationAccepted, PeerError> {
    client.call(Method::POST, "/internal/verifications", Some(request)).await
}

/// The link whose token was spent.
pub(crate) struct Spent {
    /// The account.
    pub(crate) user_id: UserId,
    /// The address that the mail went to.
    pub(crate) email: Email,
    /// The mail's id in the outbox.
    pub(crate) mail: Uuid,
}

/// Spends the token of a mail. The attempt is named after what it is about, so that a client that repeats a lost answer within ten minutes
/// gets it: the token, and whatever else must be the same. The name tells nothing of it, as a token is 256 random bits.
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
        _ => Error::Peer(error),
    })?;
    let mail = mail(redeemed.idempotency_key.as_deref()).ok_or(Error::OlderPeer)?;
    Ok(Spent { user_id: redeemed.user_id, email: redeemed.email, mail })
}

/// The mail's id in the outbox, by which it was asked for. A replica of the release before does not say it.
pub(crate) fn mail(idempotency_key: Option<&str>) -> Option<Uuid> {
    idempotency_key.and_then(|key| key.parse().ok())
}
