//! Refusals of a service, for a person.

use anyhow::Error;
use estore_client::PeerError;
use estore_contract::ErrorBody;

/// Explains a refusal: each wrong field, by the name that `name` gives it, or else the message.
pub(crate) fn reason(body: &ErrorBody, name: impl Fn(&str) -> String) -> String {
    let details = body.details.iter().map(|detail| format!("{} {}", name(&detail.field), detail.message));
    let details: Vec<String> = details.collect();
    if details.is_empty() { body.message.clone() } else { details.join("; ") }
}

/// Adds the reason of a refusal to its error.
pub(crate) fn explained(error: PeerError, name: impl Fn(&str) -> String) -> Error {
    let reason = match &error {
        PeerError::Answered(_, body) => Some(reason(body, name)),
        PeerError::Unknown { .. } => None,
    };
    let error = Error::from(error);
    match reason {
        Some(reason) => error.context(reason),
        None => error,
    }
}
