//! The words for changes that a service refused.

use estore_contract::verification::Locale::{self, De, En};

use crate::{api::ApiError, texts::away};

/// Says why a change was not made. A reason that has no words here comes from the service, in
/// English.
pub(crate) fn refusal(error: &ApiError, locale: Locale) -> String {
    let body = match error {
        ApiError::Away(service) => return away(*service, locale).to_owned(),
        ApiError::Answered(body) => body,
    };
    let text = match (body.code.as_str(), locale) {
        ("last_admin", En) => "Nobody can demote or disable themselves.",
        ("last_admin", De) => "Niemand kann sich selbst sperren oder die Berechtigung entziehen.",
        ("category_in_use", En) => "The category has products or categories below it.",
        ("category_in_use", De) => "In der Kategorie sind Produkte oder weitere Kategorien.",
        ("insufficient_stock", En) => "That would take more units than are free of orders.",
        ("insufficient_stock", De) => "Das wären mehr Stücke, als frei von Bestellungen sind.",
        ("precondition_failed", En) => "It has changed meanwhile. Nothing was done. Please look again.",
        ("precondition_failed", De) => {
            "Es hat sich inzwischen geändert. Es wurde nichts getan. Bitte sehen Sie noch einmal nach."
        }
        ("idempotency_key_reused", En) => "This form was sent before with other contents. Please look again.",
        ("idempotency_key_reused", De) => {
            "Dieses Formular wurde schon mit anderem Inhalt gesendet. Bitte sehen Sie noch einmal nach."
        }
        ("order_not_refundable", En) => {
            "The order is not completed, or its refunds had to be compared. Look at it, then try again."
        }
        ("order_not_refundable", De) => {
            "Die Bestellung ist nicht abgeschlossen, oder ihre Erstattungen waren abzugleichen. Bitte ansehen und nochmals versuchen."
        }
        ("order_not_cancellable", En) => "The order is being completed, so it cannot be cancelled.",
        ("order_not_cancellable", De) => {
            "Die Bestellung wird gerade abgeschlossen und kann nicht storniert werden."
        }
        ("order_final", En) => "The order is completed. It can be refunded.",
        ("order_final", De) => "Die Bestellung ist abgeschlossen. Sie kann erstattet werden.",
        ("outcome_unknown", En) => "It may have been done, or not. Send this form again: it counts once.",
        ("outcome_unknown", De) => {
            "Vielleicht ist es getan, vielleicht nicht. Senden Sie dieses Formular noch einmal: Es zählt einmal."
        }
        ("rate_limited", En) => "Too many requests at once. Please wait a moment.",
        ("rate_limited", De) => "Zu viele Anfragen auf einmal. Bitte warten Sie einen Moment.",
        ("payload_too_large", En) => "The file is too large, or there is no room left.",
        ("payload_too_large", De) => "Die Datei ist zu groß, oder es ist kein Platz mehr.",
        ("not_found", En) => "It does not exist any more.",
        ("not_found", De) => "Es ist nicht mehr da.",
        _ => return from_service(body),
    };
    text.to_owned()
}

/// Returns the message of the service with the fields that it names.
fn from_service(body: &estore_contract::ErrorBody) -> String {
    if body.details.is_empty() {
        return body.message.clone();
    }
    let details = body.details.iter().map(|detail| format!("{}: {}", detail.field, detail.message));
    details.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answered(code: &str, details: &serde_json::Value) -> ApiError {
        let body = json!({
            "error": "x", "message": "the message", "status_code": 422, "code": code, "request_id": "r",
            "details": details
        });
        ApiError::Answered(Box::new(serde_json::from_value(body).unwrap()))
    }

    #[test]
    fn refusal_is_in_the_readers_language() {
        let error = answered("last_admin", &json!([]));
        assert_ne!(refusal(&error, En), refusal(&error, De));
    }

    #[test]
    fn unknown_refusal_names_the_fields() {
        assert_eq!(refusal(&answered("new_code", &json!([])), De), "the message");
        let details = json!([{"field": "html", "message": "is not closed"}]);
        assert_eq!(refusal(&answered("validation_error", &details), En), "html: is not closed");
    }
}
