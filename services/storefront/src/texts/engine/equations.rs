//! The equations of docs/order-flow.md (section 6), in words.

use estore_contract::verification::Locale;

/// Each equation in English and German, from the first on.
const WORDS: [[&str; 2]; 14] = [
    [
        "Of each product, no less is held than nothing, and no more than there is.",
        "Von jedem Produkt ist nie weniger als nichts zurückgelegt und nie mehr, als da ist.",
    ],
    [
        "The held units are those of the open reservations, and each of these will expire.",
        "Die zurückgelegten Stücke sind die der offenen Reservierungen, und jede davon läuft ab.",
    ],
    [
        "Units on hand are the received ones less the sold ones. The journal of the stock gives the same.",
        "Vorhanden sind die gelieferten Stücke ohne die verkauften. Das Lagerjournal ergibt dasselbe.",
    ],
    [
        "Each completed order has its sold stock, line for line, and no stock is sold without an order.",
        "Jede abgeschlossene Bestellung hat ihre verkaufte Ware, Zeile für Zeile, und nichts ist ohne Bestellung verkauft.",
    ],
    [
        "The money of each order matches its state, in the ledger and at the gateway: nobody pays twice, or for nothing.",
        "Das Geld jeder Bestellung passt zu ihrem Stand, im Hauptbuch und am Gateway: Niemand zahlt doppelt oder für nichts.",
    ],
    [
        "In each currency, captures less refunds are the totals less what went back.",
        "In jeder Währung sind Einzüge ohne Erstattungen die Summen ohne das, was zurückging.",
    ],
    [
        "The work that waits is exactly that of the orders and refunds that are not finished.",
        "Die wartende Arbeit ist genau die der Bestellungen und Erstattungen, die nicht fertig sind.",
    ],
    [
        "What a customer saw is still so, or went on from there. Ready-made views equal their orders.",
        "Was ein Kunde sah, gilt noch oder ging von dort weiter. Fertige Ansichten gleichen ihren Bestellungen.",
    ],
    ["One key makes one order, and one refund.", "Ein Schlüssel ergibt eine Bestellung und eine Erstattung."],
    [
        "An order that a customer saw cancelled is never charged.",
        "Eine Bestellung, die ein Kunde storniert sah, wird nie abgebucht.",
    ],
    [
        "Each step of an order is an allowed one, and nothing follows the last one.",
        "Jeder Schritt einer Bestellung ist erlaubt, und auf den letzten folgt keiner.",
    ],
    [
        "Of N units that more people wanted, N are sold.",
        "Von N Stück, die mehr Leute wollten, sind N verkauft.",
    ],
    ["Each operation ends with a known outcome.", "Jeder Vorgang endet mit einem bekannten Ausgang."],
    [
        "No card number, password or token is stored in the clear. A closed account has no card.",
        "Keine Kartennummer, kein Passwort und kein Token ist im Klartext gespeichert. Ein geschlossenes Konto hat keine Karte.",
    ],
];

/// Returns the number and the words of an equation by its label, such as `01_stock_bounds`. A label
/// of a newer version is shown as it is.
pub(crate) fn equation(label: &str, locale: Locale) -> (&str, &str) {
    let digits = label.split('_').next().unwrap_or_default();
    let number = digits.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let language = usize::from(locale == Locale::De);
    match number.and_then(|number| WORDS.get(number)?.get(language)) {
        Some(words) => (digits.trim_start_matches('0'), words),
        None => ("", label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equation_is_found_by_its_number() {
        assert_eq!(equation("09_idempotency", Locale::En), ("9", "One key makes one order, and one refund."));
        assert_eq!(equation("12_x", Locale::De).0, "12");
        for label in ["15_new", "00_none", "new", ""] {
            assert_eq!(equation(label, Locale::En), ("", label));
        }
    }
}
