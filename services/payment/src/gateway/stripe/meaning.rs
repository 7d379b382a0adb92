//! Translates Stripe's answers into payment states.

use super::wire::{Expandable, Intent, Refund, Refusal, Status};
use crate::gateway::{GatewayError, PaymentState, RefundState, Voided};

/// The codes of requests that conflicted with another one, or were too many. They say nothing about
/// the request itself.
const PASSING: [&str; 3] = ["lock_timeout", "idempotency_key_in_use", "rate_limit"];

/// Returns the payment's state.
pub(super) fn state(intent: &Intent) -> Result<PaymentState, GatewayError> {
    Ok(match intent.status {
        Status::RequiresPaymentMethod | Status::RequiresConfirmation => match &intent.last_payment_error {
            Some(refusal) if refusal.is_decline() => PaymentState::Declined(refusal.word()),
            _ => PaymentState::Created,
        },
        // Nobody is there to answer the bank's challenge.
        Status::RequiresAction => PaymentState::Declined("authentication_required".to_owned()),
        Status::RequiresCapture => PaymentState::Authorized,
        Status::Succeeded => PaymentState::Captured,
        Status::Canceled => PaymentState::Voided,
        Status::Processing | Status::Unknown => {
            return Err(GatewayError::OutcomeUnknown("the payment is in an intermediate state".to_owned()));
        }
    })
}

/// Returns the outcome of a void if the payment is final; otherwise `None`.
pub(super) fn voided(intent: &Intent) -> Result<Option<Voided>, GatewayError> {
    Ok(match intent.status {
        Status::Succeeded => Some(Voided::Captured),
        Status::Canceled => Some(Voided::Done { authorized: was_authorized(intent)? }),
        _ => None,
    })
}

/// Returns true if a payment that is now cancelled was authorized. Its charge stays `succeeded`
/// when we release the money or the authorization expires. Without a charge, or with a failed one,
/// there was no authorization.
fn was_authorized(intent: &Intent) -> Result<bool, GatewayError> {
    match &intent.latest_charge {
        None => Ok(false),
        Some(Expandable::Charge(charge)) if charge.status == "succeeded" => Ok(true),
        Some(Expandable::Charge(charge)) if charge.status == "failed" => Ok(false),
        Some(_) => Err(GatewayError::OutcomeUnknown(
            "the payment's charge does not show whether it was authorized".to_owned(),
        )),
    }
}

/// Returns the refund's state.
pub(super) fn refund(refund: &Refund) -> Result<RefundState, GatewayError> {
    match refund.status.as_deref() {
        Some("succeeded") => Ok(RefundState::Done),
        Some(status @ ("failed" | "canceled")) => {
            Ok(RefundState::Failed(refund.failure_reason.clone().unwrap_or_else(|| status.to_owned())))
        }
        status => Err(GatewayError::OutcomeUnknown(format!(
            "the refund is {}",
            status.unwrap_or("without a status")
        ))),
    }
}

impl Refusal {
    /// Returns true if the bank or the card declined for good.
    pub(super) fn is_decline(&self) -> bool {
        self.kind.as_deref() == Some("card_error")
    }

    /// Returns true if the object does not exist.
    pub(super) fn is_missing(&self) -> bool {
        self.code.as_deref() == Some("resource_missing")
    }

    /// Returns true if Stripe refused the request itself, and not the moment at which it came or
    /// the key it came with.
    pub(super) fn is_about_the_request(&self) -> bool {
        matches!(self.kind.as_deref(), Some("card_error" | "invalid_request_error"))
            && !self.code.as_deref().is_some_and(|code| PASSING.contains(&code))
    }

    /// Returns the code in words that Stripe's users know: the bank's own code, if the bank gave
    /// one.
    pub(super) fn word(&self) -> String {
        let code = self.code.as_deref();
        let bank = self.decline_code.as_deref().filter(|word| *word != "generic_decline");
        let word = match (code, bank) {
            (Some("card_declined"), Some(bank)) => bank,
            (Some(code), _) => code,
            (None, _) if self.param.as_deref() == Some("amount") => "amount_too_large",
            (None, _) => self.kind.as_deref().unwrap_or("unknown"),
        };
        word.to_owned()
    }

    /// Converts the refusal to an unknown outcome.
    pub(super) fn outcome_unknown(&self) -> GatewayError {
        GatewayError::OutcomeUnknown(format!("it refused: {}", self.word()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn intent(status: &str, more: &Value) -> Intent {
        let mut body =
            json!({"id": "pi_1", "status": status, "amount": 100, "currency": "usd", "metadata": {}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(body).unwrap()
    }

    fn refusal(body: Value) -> Refusal {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn each_status_is_one_state_or_unknown() {
        let plain = |status| state(&intent(status, &json!({}))).ok();
        assert_eq!(plain("requires_payment_method"), Some(PaymentState::Created));
        assert_eq!(plain("requires_confirmation"), Some(PaymentState::Created));
        assert_eq!(plain("requires_capture"), Some(PaymentState::Authorized));
        assert_eq!(plain("succeeded"), Some(PaymentState::Captured));
        assert_eq!(plain("canceled"), Some(PaymentState::Voided));
        assert_eq!(
            plain("requires_action"),
            Some(PaymentState::Declined("authentication_required".to_owned()))
        );
        assert_eq!(plain("processing"), None);
        assert_eq!(plain("on_the_moon"), None);
    }

    #[test]
    fn only_card_errors_read_as_declined() {
        let after = |error: Value| {
            state(&intent("requires_payment_method", &json!({"last_payment_error": error}))).unwrap()
        };
        let declined =
            json!({"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"});
        assert_eq!(after(declined), PaymentState::Declined("insufficient_funds".to_owned()));
        assert_eq!(after(json!({"type": "api_error"})), PaymentState::Created);
        assert_eq!(after(Value::Null), PaymentState::Created);
    }

    #[test]
    fn decline_carries_the_banks_code() {
        let word = |code: &str, bank: Option<&str>| {
            refusal(json!({"type": "card_error", "code": code, "decline_code": bank})).word()
        };
        assert_eq!(word("card_declined", Some("insufficient_funds")), "insufficient_funds");
        assert_eq!(word("card_declined", Some("generic_decline")), "card_declined");
        assert_eq!(word("card_declined", None), "card_declined");
        assert_eq!(word("expired_card", Some("expired_card")), "expired_card");
        assert_eq!(word("incorrect_cvc", Some("generic_decline")), "incorrect_cvc");
        assert_eq!(word("processing_error", None), "processing_error");
    }

    #[test]
    fn cancelled_payment_was_authorized_if_its_charge_succeeded() {
        let charged = |charge: Value| voided(&intent("canceled", &json!({"latest_charge": charge})));
        let done = |authorized| Some(Voided::Done { authorized });
        assert_eq!(charged(Value::Null).unwrap(), done(false));
        assert_eq!(charged(json!({"status": "failed"})).unwrap(), done(false));
        assert_eq!(
            charged(json!({"status": "succeeded", "refunded": true, "amount_refunded": 100})).unwrap(),
            done(true)
        );
        assert!(charged(json!({"status": "pending"})).is_err() && charged(json!("ch_1")).is_err());
        assert_eq!(voided(&intent("succeeded", &json!({}))).unwrap(), Some(Voided::Captured));
        assert_eq!(voided(&intent("requires_capture", &json!({"latest_charge": "ch_1"}))).unwrap(), None);
    }

    #[test]
    fn undecided_refund_is_unknown() {
        let stands = |status: Value, reason: Value| {
            let body = json!({"id": "re_1", "amount": 1, "status": status, "failure_reason": reason});
            refund(&serde_json::from_value(body).unwrap()).ok()
        };
        let failed = |word: &str| Some(RefundState::Failed(word.to_owned()));
        assert_eq!(stands(json!("succeeded"), Value::Null), Some(RefundState::Done));
        assert_eq!(
            stands(json!("failed"), json!("expired_or_canceled_card")),
            failed("expired_or_canceled_card")
        );
        assert_eq!(stands(json!("canceled"), Value::Null), failed("canceled"));
        for unknown in [json!("pending"), json!("requires_action"), json!("else"), Value::Null] {
            assert_eq!(stands(unknown, Value::Null), None);
        }
    }
}
