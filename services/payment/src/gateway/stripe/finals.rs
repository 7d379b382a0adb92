//! The refusals of each call that no later attempt changes (docs.stripe.com/error-codes). Whatever is in no list here is unknown, and
//! is tried again. `capture`, `void` and `read` have no list: of those only the payment itself decides.

use super::wire::Refusal;

/// Stripe moves no such amount.
const AMOUNT: [&str; 3] = ["amount_too_small", "amount_too_large", "invalid_currency"];
/// The payment is not made for this card.
const METHOD: [&str; 3] = [
    "payment_intent_incompatible_payment_method",
    "payment_method_invalid_parameter",
    "payment_method_unactivated",
];
/// No money of this payment goes back.
const REFUND: [&str; 4] =
    ["charge_already_refunded", "charge_disputed", "charge_not_refundable", "refund_disputed_payment"];

impl Refusal {
    /// No payment of this amount will be made.
    pub(super) fn is_never_created(&self) -> bool {
        self.is_of(&AMOUNT) || self.is_a_parameter() || self.is_without_code_about(&["amount", "currency"])
    }

    /// No card like this will be taken.
    pub(super) fn is_never_a_card(&self) -> bool {
        self.is_decline() || self.is_a_parameter()
    }

    /// This payment will never be authorized with this card.
    pub(super) fn is_never_confirmed(&self) -> bool {
        self.is_never_created() || self.is_of(&METHOD)
    }

    /// This refund will never be made.
    pub(super) fn is_never_refunded(&self) -> bool {
        // More than is left: Stripe says it of the amount, and gives no code.
        self.is_of(&REFUND)
            || self.is_of(&AMOUNT)
            || self.is_a_parameter()
            || self.is_without_code_about(&["amount"])
    }

    /// Why the total is not charged, in words that follow "it".
    pub(super) fn why_unchargeable(&self) -> &'static str {
        match (self.code.as_deref(), self.param.as_deref()) {
            (Some("amount_too_small"), _) => "is less than the payment gateway charges",
            (Some("amount_too_large"), _) => "is more than the payment gateway charges",
            (Some("invalid_currency"), _) | (_, Some("currency")) => {
                "is in a currency that the payment gateway does not charge"
            }
            _ => "is no amount that the payment gateway charges",
        }
    }

    fn is_of(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }

    /// A value is of a wrong form. The same request has the same values each time.
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
            // Of the moment, of the account or of this program: it is tried again.
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
