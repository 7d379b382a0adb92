//! The reasons for which the shop does not take an order.

use estore_contract::{
    Code, ErrorBody, OrderId, Sku,
    payment::{Order, OrderFailure, OrderStatus},
};

/// A product of which fewer units are left than ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Short {
    pub(crate) sku: Sku,
    /// The units that are left.
    pub(crate) available: i64,
}

/// The reason for which a bank declined a card, as far as its owner can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decline {
    InsufficientFunds,
    Expired,
    Cvc,
    /// The bank could not process the payment now.
    Processing,
    /// Banks give few reasons.
    Other,
}

/// The reason for which the shop does not take an order. `texts` has the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    PriceChanged,
    SoldOut(Vec<Short>),
    /// Products that are not sold any more.
    Gone(Vec<Sku>),
    Declined(Decline),
    /// Too many orders in progress, or in a short time.
    TooMany,
    /// More units than an account may have in progress.
    TooMuch,
    EmailNotVerified,
    AccountDisabled,
    /// The saved card was deleted.
    CardGone,
    TooManyCards,
    /// One order has one currency.
    Currencies,
    /// The gateway does not charge such a total.
    NotChargeable,
    /// The order did not end before its hold on the stock did.
    TimedOut,
    /// The order was lost with a part of the shop's data.
    Lost,
    /// The form made an order before, which its customer or the shop cancelled since.
    Cancelled,
    /// The form made another order before, with other contents.
    KeyUsed(Option<OrderId>),
    Other,
}

impl Refusal {
    /// Reads the answer to `POST /orders` or `POST /payment-methods`.
    pub(crate) fn of(body: &ErrorBody) -> Self {
        let skus = || body.details.iter().filter_map(|detail| detail.sku.clone());
        match code(&body.code) {
            Some(Code::InsufficientStock) => {
                let short = |detail: &estore_contract::FieldError| {
                    Some(Short { sku: detail.sku.clone()?, available: detail.available? })
                };
                Self::SoldOut(body.details.iter().filter_map(short).collect())
            }
            Some(Code::UnknownSku) => Self::Gone(skus().collect()),
            Some(Code::PaymentDeclined) => Self::Declined(decline(body.decline_code.as_deref())),
            Some(Code::ValidationError) if body.details.iter().any(|detail| detail.field == "items") => {
                Self::TooMuch
            }
            Some(Code::IdempotencyKeyReused | Code::OrderArchived) => Self::KeyUsed(body.order_id),
            Some(code) => Self::of_code(code),
            None => Self::Other,
        }
    }

    /// Reads an order that the form made. Returns `None` if it stands.
    pub(crate) fn of_order(order: &Order) -> Option<Self> {
        match &order.failure {
            Some(failure) => Some(Self::of_failure(failure)),
            None => (order.status == OrderStatus::Cancelled).then_some(Self::Cancelled),
        }
    }

    /// Reads the failure of an order, which has no details.
    pub(crate) fn of_failure(failure: &OrderFailure) -> Self {
        match code(&failure.code) {
            Some(Code::InsufficientStock) => Self::SoldOut(Vec::new()),
            Some(Code::UnknownSku) => Self::Gone(Vec::new()),
            Some(Code::PaymentDeclined) => Self::Declined(Decline::Other),
            Some(code) => Self::of_code(code),
            None => Self::Other,
        }
    }

    fn of_code(code: Code) -> Self {
        match code {
            Code::PriceChanged => Self::PriceChanged,
            Code::RateLimited => Self::TooMany,
            Code::EmailNotVerified => Self::EmailNotVerified,
            Code::AccountDisabled => Self::AccountDisabled,
            Code::PaymentMethodNotFound | Code::PaymentMethodDeleted => Self::CardGone,
            Code::TooManyPaymentMethods => Self::TooManyCards,
            Code::CurrencyMismatch => Self::Currencies,
            Code::AmountNotChargeable => Self::NotChargeable,
            Code::OrderTimedOut => Self::TimedOut,
            Code::OrderLost => Self::Lost,
            _ => Self::Other,
        }
    }
}

fn code(text: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.as_str() == text)
}

/// Reads one of Stripe's decline codes.
fn decline(code: Option<&str>) -> Decline {
    match code {
        Some("insufficient_funds" | "card_velocity_exceeded" | "withdrawal_count_limit_exceeded") => {
            Decline::InsufficientFunds
        }
        Some("expired_card" | "invalid_expiry_month" | "invalid_expiry_year") => Decline::Expired,
        Some("incorrect_cvc" | "invalid_cvc") => Decline::Cvc,
        Some("processing_error" | "try_again_later" | "issuer_not_available" | "reenter_transaction") => {
            Decline::Processing
        }
        _ => Decline::Other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(mut body: Value) -> Refusal {
        for (name, value) in [
            ("error", json!("")),
            ("message", json!("")),
            ("status_code", json!(409)),
            ("request_id", json!("")),
        ] {
            body[name] = value;
        }
        Refusal::of(&serde_json::from_value(body).unwrap())
    }

    #[test]
    fn sold_out_names_the_units_left() {
        let body = json!({"code": "insufficient_stock", "details": [
            {"field": "items[0].quantity", "message": "", "sku": "MUG-01", "available": 2},
            {"field": "items[1].quantity", "message": ""},
        ]});
        assert_eq!(
            read(body),
            Refusal::SoldOut(vec![Short { sku: "MUG-01".parse().unwrap(), available: 2 }])
        );
    }

    #[test]
    fn decline_says_what_its_owner_can_do() {
        for (code, decline) in [
            (Some("insufficient_funds"), Decline::InsufficientFunds),
            (Some("expired_card"), Decline::Expired),
            (Some("incorrect_cvc"), Decline::Cvc),
            (Some("processing_error"), Decline::Processing),
            (Some("card_declined"), Decline::Other),
            (Some("stolen_card"), Decline::Other),
            (None, Decline::Other),
        ] {
            let read = read(json!({"code": "payment_declined", "decline_code": code}));
            assert_eq!(read, Refusal::Declined(decline), "{code:?}");
        }
    }

    #[test]
    fn each_published_refusal_has_its_meaning() {
        let order: OrderId = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01".parse().unwrap();
        for (code, refusal) in [
            ("price_changed", Refusal::PriceChanged),
            ("unknown_sku", Refusal::Gone(Vec::new())),
            ("rate_limited", Refusal::TooMany),
            ("email_not_verified", Refusal::EmailNotVerified),
            ("account_disabled", Refusal::AccountDisabled),
            ("payment_method_not_found", Refusal::CardGone),
            ("payment_method_deleted", Refusal::CardGone),
            ("too_many_payment_methods", Refusal::TooManyCards),
            ("currency_mismatch", Refusal::Currencies),
            ("amount_not_chargeable", Refusal::NotChargeable),
            ("order_timed_out", Refusal::TimedOut),
            ("order_lost", Refusal::Lost),
            ("order_archived", Refusal::KeyUsed(Some(order))),
            ("idempotency_key_reused", Refusal::KeyUsed(Some(order))),
            ("validation_error", Refusal::Other),
            ("a_code_of_the_future", Refusal::Other),
        ] {
            assert_eq!(read(json!({"code": code, "order_id": order})), refusal, "{code}");
        }
        let too_much = json!({"code": "validation_error", "details": [{"field": "items", "message": ""}]});
        assert_eq!(read(too_much), Refusal::TooMuch);
    }

    #[test]
    fn failure_of_an_order_has_the_same_meaning() {
        let read =
            |code: &str| Refusal::of_failure(&OrderFailure { code: code.to_owned(), message: String::new() });
        assert_eq!(read("payment_declined"), Refusal::Declined(Decline::Other));
        assert_eq!(read("insufficient_stock"), Refusal::SoldOut(Vec::new()));
        assert_eq!(read("order_timed_out"), Refusal::TimedOut);
        assert_eq!(read("nothing"), Refusal::Other);
    }
}
