//! The texts of the basket.

use estore_contract::verification::Locale;

use super::texts;

texts! {
    /// The texts of the basket.
    Basket {
        title: "Your basket", "Ihr Warenkorb";
        empty: "Your basket is empty.", "Ihr Warenkorb ist leer.";
        look: "Have a look around", "Sehen Sie sich um";
        each: "each", "je Stück";
        total: "Total", "Gesamt";
        update: "Update the basket", "Warenkorb aktualisieren";
        checkout: "To the checkout", "Zur Kasse";
        gone: "This product is no longer sold. It was taken out of the basket.", "Dieses Produkt wird nicht mehr verkauft. Es wurde aus dem Warenkorb genommen.";
        two_currencies: "An order has one currency. Please order these products one currency after the other.", "Eine Bestellung hat eine Währung. Bitte bestellen Sie die Produkte nach Währung getrennt.";
        unpriced: "The prices cannot be shown now. Your basket is kept.", "Die Preise können gerade nicht gezeigt werden. Ihr Warenkorb bleibt erhalten.";
        short: "Please lower the quantity of products that are short.", "Bitte verringern Sie die Menge knapper Produkte.";
    }
}

/// Says that a price has changed since the visitor saw it.
pub(crate) fn price_changed(before: &str, now: &str, locale: Locale) -> String {
    match locale {
        Locale::En => format!("The price has changed from {before} to {now}."),
        Locale::De => format!("Der Preis hat sich von {before} auf {now} geändert."),
    }
}

/// Says that fewer units are left than wanted.
pub(crate) fn short(available: i64, locale: Locale) -> String {
    match (available, locale) {
        (..=0, Locale::En) => "Sold out in the meantime.".to_owned(),
        (..=0, Locale::De) => "Inzwischen ausverkauft.".to_owned(),
        (_, Locale::En) => format!("Only {available} left."),
        (_, Locale::De) => format!("Nur noch {available} da."),
    }
}

/// Names the link to the basket for those who do not see it.
pub(crate) fn link(units: u32, locale: Locale) -> String {
    match (units, locale) {
        (1, Locale::En) => "Basket, 1 item".to_owned(),
        (1, Locale::De) => "Warenkorb, 1 Artikel".to_owned(),
        (_, Locale::En) => format!("Basket, {units} items"),
        (_, Locale::De) => format!("Warenkorb, {units} Artikel"),
    }
}
