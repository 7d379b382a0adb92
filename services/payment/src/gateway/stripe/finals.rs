//! The refusals of each call that no later attempt changes. The codes are described at
//! docs.stripe.com/error-codes. Any refusal that is in no list here leaves the outcome unknown and
//! is retried. `capture`, `void` and `read` have no list: only the payment itself decides them.

use super::wire::Refusal;

/// Stripe does not move such an amount.
const AMOUNT: [&str; 3] = ["amount_too_small", "amount_too_large", "invalid_currency"];
/// The payment does not accept this card.
const METHOD: [&str; 3] = [
    "payment_intent_incompatible_payment_method",
    "payment_method_invalid_parameter",
    "payment_method_unactivated",
];
/// This payment cannot be refunded.
const REFUND: [&str; 4] =
    ["charge_already_refunded", "charge_disputed", "charge_not_refundable", "refund_disputed_payment"];

impl Refusal {
    /// Returns true if Stripe will never create a payment of this amount.
    pub(super) fn is_never_created(&self) -> bool {
        self.is_of(&AMOUNT) || self.is_a_parameter() || self.is_without_code_about(&["amount", "currency"])
    }

    /// Returns true if Stripe will never accept such a card.
    pub(super) fn is_never_a_card(&self) -> bool {
        self.is_decline() || self.is_a_parameter()
    }

    /// Returns true if this payment will never be authorized with this card.
    pub(super) fn is_never_confirmed(&self) -> bool {
        self.is_never_created() || self.is_of(&METHOD)
    }

    /// Returns true if Stripe will never make this refund.
    pub(super) fn is_never_refunded(&self) -> bool {
        // More than is left to refund: Stripe names the amount and gives no code.
        self.is_of(&REFUND)
            || self.is_of(&AMOUNT)
            || self.is_a_parameter()
            || self.is_without_code_about(&["amount"])
    }

    /// Returns the reason why the total is not charged, in words that follow "it".
    pub(super) fn why_unchargeable(&self) -> &'static str {
        match (self.code.as_deref(), self.param.as_deref()) {
            (Some("amount_too_small"), _) => "is less than the payment gateway charges",
            (Some("amount_too_large"), _) => "is more than the payment gateway charges",
            (Some("invalid_currency"), _) | (_, Some("currency")) => {
                "is in a currency that the payment gateway does not charge"
            }
            _ => "is an amount that the payment gateway does not charge",
        }
    }

    fn is_of(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }

    /// Returns true if a value has a wrong form. The same request has the same values each time.
    fn is_a_parameter(&self) -> bool {
        self.code.as_deref().is_some_and(|code| code.starts_with("parameter_invalid_"))
    }

    fn is_without_code_about(&self, params: &[&str]) -> bool {
        self.code.is_none() && self.param.as_deref().is_some_and(|param| params.contains(&param))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(kind: &str, code: Option<&str>, param: Option<&str>) -> Refusal {
        let text = |text: &str| text.to_owned();
        Refusal { kind: Some(text(kind)), code: code.map(text), decline_code: None, param: param.map(text) }
    }

    #[test]
    fn each_call_has_its_final_refusals() {
        for (code, param, created, card, confirmed, refunded) in [
            (Some("amount_too_small"), None, true, false, true, true),
            (Some("amount_too_large"), None, true, false, true, true),
            (Some("invalid_currency"), Some("currency"), true, false, true, true),
            (None, Some("currency"), true, false, true, false),
            (None, Some("amount"), true, false, true, true),
            (Some("parameter_invalid_integer"), Some("amount"), true, true, true, true),
            (Some("payment_intent_incompatible_payment_method"), None, false, false, true, false),
            (Some("charge_already_refunded"), None, false, false, false, true),
            (Some("charge_not_refundable"), None, false, false, false, true),
            // Refusals that depend on the moment, on the account or on this program: they are
            // retried.
            (Some("balance_insufficient"), None, false, false, false, false),
            (Some("parameter_unknown"), Some("amount"), false, false, false, false),
            (Some("resource_missing"), Some("payment_intent"), false, false, false, false),
            (Some("payment_intent_unexpected_state"), None, false, false, false, false),
            (Some("account_invalid"), None, false, false, false, false),
            (None, None, false, false, false, false),
        ] {
            let refusal = refusal("invalid_request_error", code, param);
            let finals = [
                refusal.is_never_created(),
                refusal.is_never_a_card(),
                refusal.is_never_confirmed(),
                refusal.is_never_refunded(),
            ];
            assert_eq!(finals, [created, card, confirmed, refunded], "{code:?} {param:?}");
        }
        assert!(refusal("card_error", Some("incorrect_number"), None).is_never_a_card());
    }
}
