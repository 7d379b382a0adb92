//! An answer as the history records it.

use estore_checker::history::{Outcome, Seen};
use estore_client::NoAnswer;
use estore_contract::{
    ErrorBody,
    payment::{Order, Refund},
};

use crate::client::Answer;

/// Converts the answer to any request about an order.
pub(super) fn of_order(answer: &Result<Answer, NoAnswer>) -> Outcome {
    of(answer, |text| serde_json::from_str::<Order>(text).map(Seen::Order))
}

/// Converts the answer to a refund.
pub(super) fn of_refund(answer: &Result<Answer, NoAnswer>) -> Outcome {
    of(answer, |text| {
        let refund: Refund = serde_json::from_str(text)?;
        let status = refund.status.as_str().to_owned();
        Ok(Seen::Refund { n: refund.number, status, amount: refund.amount.amount })
    })
}

fn of(
    answer: &Result<Answer, NoAnswer>,
    read: impl FnOnce(&str) -> Result<Seen, serde_json::Error>,
) -> Outcome {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Outcome::Unknown { why: error.to_string() },
    };
    let status = answer.status;
    if (200..300).contains(&status) {
        return match read(&answer.text) {
            Ok(seen) => Outcome::Ok { status, seen },
            Err(error) => Outcome::Unknown { why: format!("{status} with a body that is none: {error}") },
        };
    }
    match serde_json::from_str::<ErrorBody>(&answer.text) {
        Ok(body) if is_final(status) => Outcome::Refused { status, code: body.code, order: body.order_id },
        Ok(body) => Outcome::Unknown { why: format!("{status} {}", body.code) },
        Err(error) => Outcome::Unknown { why: format!("{status} without an error body: {error}") },
    }
}

/// Returns true if a retry gets the same refusal.
fn is_final(status: u16) -> bool {
    (400..500).contains(&status) && !matches!(status, 401 | 408 | 429)
}

/// Returns true for an answer that rejects the token. Its request has had no effect.
pub(crate) fn is_unauthorized(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unknown { why } if why.starts_with("401"))
}

/// Logs an answer that no client may get.
pub(super) fn log_forbidden(operation: u64, outcome: &Outcome) {
    tracing::error!(operation, %outcome, "answer that no client may get; will retry");
}

/// Returns true for an answer that no client may get: an internal error, or one that a client
/// cannot use.
pub(super) fn is_forbidden(outcome: &Outcome) -> bool {
    let Outcome::Unknown { why } = outcome else { return false };
    why.starts_with("500") || why.contains("without an error body") || why.contains("a body that is none")
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::json;

    use super::*;

    #[test]
    fn rejected_token_has_no_effect() {
        let answer = |status: u16, code: &str| {
            let body =
                json!({"error": "", "message": "", "status_code": status, "code": code, "request_id": ""});
            of_order(&Ok(Answer { status, headers: HeaderMap::new(), text: body.to_string() }))
        };
        assert!(is_unauthorized(&answer(401, "invalid_token")));
        for (status, code) in [(503, "outcome_unknown"), (429, "rate_limited"), (403, "account_disabled")] {
            assert!(!is_unauthorized(&answer(status, code)), "{code}");
        }
    }
}
