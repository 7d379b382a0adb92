//! The texts of orders in the back office.

use crate::texts::texts;

texts! {
    /// The texts of orders in the back office.
    Orders {
        title: "Orders", "Bestellungen";
        order: "Order", "Bestellung";
        number: "Order number", "Bestellnummer";
        number_hint: "Alone: other filters do not count", "Allein: andere Filter zählen dann nicht";
        email: "Customer's email", "E-Mail des Kunden";
        sku: "Item number (SKU)", "Artikelnummer (SKU)";
        from: "From day", "Ab Tag";
        to: "To day", "Bis Tag";
        wrong: "This filter is not valid, and was left out.", "Dieser Filter ist ungültig und wurde weggelassen.";
        no_account: "No account has this address.", "Kein Konto hat diese Adresse.";
        placed: "Placed", "Aufgegeben";
        units: "Units", "Stück";
        total: "Total", "Summe";
        refunded: "Refunded", "Erstattet";
        customer: "Customer", "Kunde";
        to_customer: "Show the customer", "Kunden zeigen";
        card: "Card", "Karte";
        address: "Shipping address", "Lieferadresse";
        failure: "Reason", "Grund";
        no_failure: "Cancelled by the customer or by staff, or the account was closed", "Vom Kunden oder vom Personal storniert, oder das Konto wurde geschlossen";
        lines: "Lines", "Positionen";
        name: "Product", "Produkt";
        quantity: "Ordered", "Bestellt";
        left: "Not refunded", "Nicht erstattet";
        unit_price: "Price each", "Einzelpreis";
        line_total: "Sum", "Betrag";
        timeline: "Steps", "Schritte";
        refunds: "Refunds", "Erstattungen";
        no_refunds: "Nothing is refunded.", "Es ist nichts erstattet.";
        amount: "Amount", "Betrag";
        items: "Units", "Stück";
        restocked: "Back to stock", "Zurück in den Bestand";
        yes: "yes", "ja";
        no: "no", "nein";
        ledger: "Ledger", "Buchungen";
        no_ledger: "No money was moved.", "Es wurde kein Geld bewegt.";
        kind: "Kind", "Art";
        debit: "To", "An";
        credit: "From", "Von";
        refund: "Refund", "Erstatten";
        refund_hint: "The money goes back to the card. Fill in the units of each line.", "Das Geld geht zurück auf die Karte. Tragen Sie die Stückzahl jeder Position ein.";
        refund_of: "Units to refund", "Zu erstattende Stück";
        reason_hint: "Up to 200 characters", "Bis zu 200 Zeichen";
        restock: "Put the units back to stock", "Stücke zurück in den Bestand";
        refund_these: "Refund these units", "Diese Stücke erstatten";
        refund_all: "Refund everything that is left", "Alles Übrige erstatten";
        nothing_chosen: "Please fill in the units of at least one line.", "Bitte tragen Sie die Stückzahl mindestens einer Position ein.";
        wrong_units: "The units must be whole numbers, and not more than are left.", "Die Stückzahlen müssen ganze Zahlen sein und dürfen nicht über dem Rest liegen.";
        wrong_reason: "The reason has at most 200 characters, without control characters.", "Der Grund hat höchstens 200 Zeichen, keine Steuerzeichen.";
        refund_made: "The refund is made.", "Die Erstattung ist gebucht.";
        refund_pending: "The refund is on its way. It goes on by itself.", "Die Erstattung ist unterwegs. Sie läuft von selbst weiter.";
        refund_failed: "The payment gateway rejected the refund.", "Der Zahlungsdienst hat die Erstattung abgelehnt.";
        unknown: "The refund may have been made. Send this form again: it refunds once.", "Die Erstattung ist vielleicht gebucht. Senden Sie dieses Formular noch einmal: Es erstattet nur einmal.";
        cancel: "Cancel the order", "Bestellung stornieren";
        cancelled: "The order is cancelled, or will be at once. It is never captured.", "Die Bestellung ist storniert oder wird es gleich. Sie wird nie belastet.";
    }
}
