//! The Verification Service.

use axum::http::Method;
use estore_contract::{
    Code, Sensitive,
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

/// Spends the token of a mail. The attempt is named after what it is about, so that a client that repeats a lost answer within ten minutes
/// gets it: the token, and whatever else must be the same. The name tells nothing of it, as a token is 256 random bits.
pub(crate) async fn redeem(
    client: &PeerClient,
    token: &Sensitive,
    attempt: &Sensitive,
    purpose: Purpose,
) -> Result<Redeemed, Error> {
    let redemption_id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &Sha256::digest(attempt.expose()));
    let request = RedeemRequest { token: token.clone(), purpose, redemption_id };
    let answer = client.call(Method::POST, "/internal/verifications/redeem", Some(&request)).await;
    answer.map_err(|error| match error.code() {
        Some(code @ (Code::TokenUnknown | Code::TokenUsed | Code::TokenExpired)) => Error::MailToken(code),
        _ => Error::Peer(error),
    })
}
