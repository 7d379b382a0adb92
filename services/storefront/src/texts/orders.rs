//! The texts of orders.

use estore_contract::{
    payment::{OrderStatus, OrderStep, RefundStatus},
    verification::{Locale, OrderEmail, Purpose, VerificationStatus},
};

use super::texts;

texts! {
    /// The texts of orders.
    Orders {
        title: "Your orders", "Ihre Bestellungen";
        order: "Order", "Bestellung";
        none: "You have not ordered anything yet.", "Sie haben noch nichts bestellt.";
        none_such: "You have no such orders.", "Sie haben keine solchen Bestellungen.";
        all: "All", "Alle";
        filter: "Show", "Zeigen";
        number: "Number", "Nummer";
        date: "Date", "Datum";
        state: "State", "Stand";
        total: "Total", "Summe";
        back: "All your orders", "Alle Ihre Bestellungen";
        what_happened: "What happened when", "Was wann geschah";
        to_come: "To come", "Kommt noch";
        items: "Items", "Artikel";
        each: "each", "je Stück";
        refunded: "Refunded", "Erstattet";
        refunds_unread: "The refunds cannot be shown now.", "Die Erstattungen können gerade nicht gezeigt werden.";
        address: "Sent to", "Lieferung an";
        paid_with: "Paid with", "Bezahlt mit";
        card_ending: "ending in", "endet auf";
        cancel: "Cancel the order", "Bestellung stornieren";
        cancel_hint: "Possible until the goods are sold to you. Nothing is charged then.", "Möglich, bis die Ware an Sie verkauft ist. Dann wird nichts abgebucht.";
        again: "Put it into the basket again", "Noch einmal in den Warenkorb";
        live: "This page shows by itself how the order goes on.", "Diese Seite zeigt von selbst, wie es weitergeht.";
        emails: "Emails about this order", "E-Mails zu dieser Bestellung";
        emails_unread: "The emails cannot be shown now.", "Die E-Mails können gerade nicht gezeigt werden.";
        mail_completed: "We send you a confirmation by email.", "Wir senden Ihnen eine Bestätigung per Mail.";
        mail_refunded: "We send you an email about each refund.", "Wir senden Ihnen zu jeder Erstattung eine Mail.";
    }
}

/// Names the status of an order.
pub(crate) const fn status(status: OrderStatus, locale: Locale) -> &'static str {
    match (status, locale) {
        (OrderStatus::Pending, Locale::En) => "In progress",
        (OrderStatus::Pending, Locale::De) => "In Arbeit",
        (OrderStatus::Completed, Locale::En) => "Completed",
        (OrderStatus::Completed, Locale::De) => "Abgeschlossen",
        (OrderStatus::Cancelled, Locale::En) => "Cancelled",
        (OrderStatus::Cancelled, Locale::De) => "Storniert",
        (OrderStatus::Refunded, Locale::En) => "Refunded",
        (OrderStatus::Refunded, Locale::De) => "Erstattet",
        (OrderStatus::PartiallyRefunded, Locale::En) => "Partly refunded",
        (OrderStatus::PartiallyRefunded, Locale::De) => "Teilweise erstattet",
    }
}

/// Says what the status of an order means for its owner.
pub(crate) const fn status_means(status: OrderStatus, locale: Locale) -> &'static str {
    match (status, locale) {
        (OrderStatus::Pending, Locale::En) => {
            "We have your order and are working on it. Usually that takes a moment."
        }
        (OrderStatus::Pending, Locale::De) => {
            "Wir haben Ihre Bestellung und arbeiten daran. Meist dauert das nur einen Augenblick."
        }
        (OrderStatus::Completed, Locale::En) => "Everything is paid, and the goods are yours. Thank you!",
        (OrderStatus::Completed, Locale::De) => "Alles ist bezahlt, und die Ware gehört Ihnen. Vielen Dank!",
        (OrderStatus::Cancelled, Locale::En) => "The order is cancelled. You pay nothing.",
        (OrderStatus::Cancelled, Locale::De) => "Die Bestellung ist storniert. Sie bezahlen nichts.",
        (OrderStatus::Refunded, Locale::En) => "All of it is refunded. The money goes back to your card.",
        (OrderStatus::Refunded, Locale::De) => "Alles ist erstattet. Das Geld geht auf Ihre Karte zurück.",
        (OrderStatus::PartiallyRefunded, Locale::En) => {
            "A part of it is refunded. That money goes back to your card."
        }
        (OrderStatus::PartiallyRefunded, Locale::De) => {
            "Ein Teil ist erstattet. Dieses Geld geht auf Ihre Karte zurück."
        }
    }
}

/// Names a step, and says what it means.
pub(crate) const fn step(step: OrderStep, locale: Locale) -> [&'static str; 2] {
    match (step, locale) {
        (OrderStep::Accepted, Locale::En) => ["Received", "Your order has arrived at the shop."],
        (OrderStep::Accepted, Locale::De) => ["Eingegangen", "Ihre Bestellung ist im Shop angekommen."],
        (OrderStep::Reserved, Locale::En) => {
            ["Set aside", "The goods are held for you, at the prices shown."]
        }
        (OrderStep::Reserved, Locale::De) => {
            ["Zurückgelegt", "Die Ware liegt für Sie bereit, zu den gezeigten Preisen."]
        }
        (OrderStep::Confirming, Locale::En) => {
            ["Payment approved", "Your bank has approved the payment. The goods are being sold to you."]
        }
        (OrderStep::Confirming, Locale::De) => {
            ["Zahlung freigegeben", "Ihre Bank hat die Zahlung freigegeben. Die Ware wird an Sie verkauft."]
        }
        (OrderStep::Completed, Locale::En) => ["Completed", "The goods are yours, and the payment is made."],
        (OrderStep::Completed, Locale::De) => {
            ["Abgeschlossen", "Die Ware gehört Ihnen, und sie ist bezahlt."]
        }
        (OrderStep::Cancelling, Locale::En) => {
            ["Being cancelled", "The order is being undone. It will not be charged."]
        }
        (OrderStep::Cancelling, Locale::De) => {
            ["Wird storniert", "Die Bestellung wird storniert. Es wird nichts abgebucht."]
        }
        (OrderStep::Cancelled, Locale::En) => {
            ["Cancelled", "The order is cancelled, and the goods are released."]
        }
        (OrderStep::Cancelled, Locale::De) => {
            ["Storniert", "Die Bestellung ist storniert, und die Ware ist wieder frei."]
        }
    }
}

/// Says how a refund stands.
pub(crate) const fn refund(status: RefundStatus, locale: Locale) -> &'static str {
    match (status, locale) {
        (RefundStatus::Pending, Locale::En) => "on its way",
        (RefundStatus::Pending, Locale::De) => "unterwegs",
        (RefundStatus::Completed, Locale::En) => "refunded to your card",
        (RefundStatus::Completed, Locale::De) => "auf Ihre Karte erstattet",
        (RefundStatus::Failed, Locale::En) => "refused by the bank; we will contact you",
        (RefundStatus::Failed, Locale::De) => "von der Bank abgelehnt; wir melden uns bei Ihnen",
    }
}

/// Says what an email about an order is, to whom it goes, and how far it is.
pub(crate) fn email(email: &OrderEmail, locale: Locale) -> String {
    let to = &email.recipient;
    let what = match (email.purpose, locale) {
        (Purpose::OrderRefunded, Locale::En) => "Refund",
        (Purpose::OrderRefunded, Locale::De) => "Erstattung",
        (_, Locale::En) => "Confirmation",
        (_, Locale::De) => "Bestätigung",
    };
    match (email.status, locale) {
        (VerificationStatus::Pending, Locale::En) => format!("{what}, on its way to {to}"),
        (VerificationStatus::Pending, Locale::De) => format!("{what}, unterwegs an {to}"),
        (VerificationStatus::Bounced, Locale::En) => format!("{what}, refused by the mailbox of {to}"),
        (VerificationStatus::Bounced, Locale::De) => format!("{what}, abgewiesen vom Postfach {to}"),
        (_, Locale::En) => format!("{what}, sent to {to}"),
        (_, Locale::De) => format!("{what}, gesendet an {to}"),
    }
}

/// Says how many units an order has.
pub(crate) fn units(units: u32, locale: Locale) -> String {
    match (units, locale) {
        (1, Locale::En) => "1 item".to_owned(),
        (1, Locale::De) => "1 Artikel".to_owned(),
        (_, Locale::En) => format!("{units} items"),
        (_, Locale::De) => format!("{units} Artikel"),
    }
}
