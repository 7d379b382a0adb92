//! The texts of the catalogue.

use estore_contract::verification::Locale;

use super::{format::count, texts};
use crate::api::Sort;

texts! {
    /// The texts of the catalogue.
    Catalogue {
        welcome: "Good things for home and away", "Gutes für daheim und unterwegs";
        categories: "Categories", "Kategorien";
        new: "New in the shop", "Neu im Shop";
        scarce: "Almost sold out", "Fast ausverkauft";
        see_all: "See all products", "Alle Produkte ansehen";
        results_for: "Results for", "Ergebnisse für";
        filters: "Filters", "Filter";
        apply: "Apply", "Anwenden";
        clear: "Clear all filters", "Alle Filter löschen";
        sort: "Sort by", "Sortieren nach";
        category: "Category", "Kategorie";
        any_category: "All categories", "Alle Kategorien";
        tags: "Tags", "Schlagwörter";
        price: "Price", "Preis";
        currency: "Currency", "Währung";
        any_currency: "Any", "Alle";
        from: "from", "von";
        to: "to", "bis";
        in_stock_only: "In stock only", "Nur vorrätige";
        nothing: "Nothing matches.", "Nichts gefunden.";
        nothing_hint: "Try fewer words or fewer filters.", "Versuchen Sie es mit weniger Wörtern oder Filtern.";
        no_such_filter: "One of the filters is not valid, and was left out.", "Einer der Filter ist ungültig und wurde weggelassen.";
        archived: "This product is no longer sold.", "Dieses Produkt wird nicht mehr verkauft.";
        quantity: "Quantity", "Menge";
        less: "One less", "Eins weniger";
        more: "One more", "Eins mehr";
        add: "Add to basket", "In den Warenkorb";
        details: "Details", "Einzelheiten";
        description: "Description", "Beschreibung";
        sku: "Item number", "Artikelnummer";
        picture_of: "Picture of", "Bild von";
    }
}

/// Names an order of products.
pub(crate) const fn sort(sort: Sort, locale: Locale) -> &'static str {
    match (sort, locale) {
        (Sort::Relevance, Locale::En) => "Best match",
        (Sort::Relevance, Locale::De) => "Beste Treffer",
        (Sort::Name, _) => "Name",
        (Sort::Cheapest, Locale::En) => "Price, lowest first",
        (Sort::Cheapest, Locale::De) => "Preis, niedrigster zuerst",
        (Sort::Dearest, Locale::En) => "Price, highest first",
        (Sort::Dearest, Locale::De) => "Preis, höchster zuerst",
        (Sort::Newest, Locale::En) => "Newest first",
        (Sort::Newest, Locale::De) => "Neueste zuerst",
        (Sort::Scarcest, Locale::En) => "Stock, lowest first",
        (Sort::Scarcest, Locale::De) => "Bestand, niedrigster zuerst",
    }
}

/// Says how many products a list has.
pub(crate) fn products(total: u64, locale: Locale) -> String {
    let number = count(total, locale);
    match (total, locale) {
        (1, Locale::En) => "1 product".to_owned(),
        (1, Locale::De) => "1 Produkt".to_owned(),
        (_, Locale::En) => format!("{number} products"),
        (_, Locale::De) => format!("{number} Produkte"),
    }
}

/// Says how many units of a product are left. Only a few are counted out.
pub(crate) fn stock(available: i64, locale: Locale) -> String {
    match (available, locale) {
        (..=0, Locale::En) => "Sold out".to_owned(),
        (..=0, Locale::De) => "Ausverkauft".to_owned(),
        (1..=9, Locale::En) => format!("Only {available} left"),
        (1..=9, Locale::De) => format!("Nur noch {available} da"),
        (_, Locale::En) => "In stock".to_owned(),
        (_, Locale::De) => "Vorrätig".to_owned(),
    }
}
