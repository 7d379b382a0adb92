//! The words for the reason why an order failed.

use estore_contract::{
    Code,
    payment::OrderFailure,
    verification::Locale::{self, De, En},
};

/// Says why an order failed. A reason that has no words here comes from the service, in English.
pub(crate) fn failure(failure: &OrderFailure, locale: Locale) -> &str {
    let code = Code::ALL.iter().find(|code| code.as_str() == failure.code);
    match (locale, code) {
        (De, Some(Code::PaymentDeclined)) => "Die Karte wurde abgelehnt.",
        (De, Some(Code::InsufficientStock)) => "Es waren nicht genug Stücke frei.",
        (De, Some(Code::UnknownSku)) => "Ein Produkt ist nicht mehr im Angebot.",
        (De, Some(Code::PriceChanged)) => "Ein Preis hatte sich geändert.",
        (De, Some(Code::CurrencyMismatch)) => "Die Produkte haben verschiedene Währungen.",
        (De, Some(Code::AmountNotChargeable)) => "Die Summe kann nicht abgebucht werden.",
        (De, Some(Code::PaymentMethodNotFound | Code::PaymentMethodDeleted)) => "Die Karte wurde gelöscht.",
        (De, Some(Code::OrderTimedOut)) => {
            "Die Bestellung wurde nicht fertig, bevor ihre Reservierung ablief. Es wurde nichts abgebucht."
        }
        (De, Some(Code::OrderLost)) => {
            "Die Bestellung ging mit einem Teil der Daten verloren. Eine Abbuchung dafür wird erstattet."
        }
        (En | De, _) => &failure.message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_is_in_the_readers_language() {
        let of = |code: &str| OrderFailure { code: code.to_owned(), message: "the message".to_owned() };
        let declined = of("payment_declined");
        assert_eq!(failure(&declined, En), "the message");
        assert_eq!(failure(&declined, De), "Die Karte wurde abgelehnt.");
        assert_eq!(failure(&of("a_code_of_the_future"), De), "the message");
    }
}
