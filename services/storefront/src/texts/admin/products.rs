//! The texts of products in the back office.

use estore_contract::verification::Locale::{self, De, En};

use crate::{
    pages::admin::product::{Field, Mistake, Wrong},
    texts::texts,
};

texts! {
    /// The texts of products in the back office.
    Products {
        title: "Products", "Produkte";
        new: "New product", "Neues Produkt";
        words: "Words", "Wörter";
        category: "Category", "Kategorie";
        tag: "Tag", "Schlagwort";
        currency: "Currency", "Währung";
        in_stock: "Only with stock", "Nur mit Bestand";
        on_sale: "On sale", "Im Verkauf";
        archived: "Archived", "Archiviert";
        archived_hint: "The list of archived products has no other filters.", "Die Liste archivierter Produkte hat keine weiteren Filter.";
        sort: "Sort by", "Sortieren nach";
        sku: "SKU", "SKU";
        name: "Name", "Name";
        price: "Price", "Preis";
        available: "Available", "Verfügbar";
        updated: "Changed", "Geändert";
        edit: "Edit", "Bearbeiten";
        in_shop: "See it in the shop", "Im Shop ansehen";
        version: "Version", "Version";
        fact_name: "Name", "Name";
        fact_value: "Value", "Wert";
        preview: "Preview", "Vorschau";
        save: "Save", "Speichern";
        create: "Create the product", "Produkt anlegen";
        would_change: "Saving changes this", "Speichern ändert das";
        would_create: "Preview of the new product", "Vorschau des neuen Produkts";
        nothing_changes: "Nothing would change.", "Nichts würde sich ändern.";
        field: "Field", "Feld";
        before: "Before", "Vorher";
        after: "After", "Nachher";
        conflict: "Somebody else changed this product meanwhile. The table compares the product of now with your text. Save again to overwrite it.", "Jemand anderes hat dieses Produkt inzwischen geändert. Die Tabelle vergleicht das Produkt von jetzt mit Ihrem Text. Speichern Sie noch einmal, um es zu überschreiben.";
        created: "The product is created. It has no stock yet: book some below.", "Das Produkt ist angelegt. Es hat noch keinen Bestand: Buchen Sie ihn unten.";
        sku_exists: "This SKU is taken. It may be archived.", "Diese SKU ist vergeben. Vielleicht ist sie archiviert.";
        archive: "Take off sale", "Aus dem Verkauf nehmen";
        archive_hint: "The product is kept for the orders that name it.", "Das Produkt bleibt für die Bestellungen erhalten, die es nennen.";
        archived_now: "The product is off sale.", "Das Produkt ist aus dem Verkauf.";
        restore: "Put back on sale", "Wieder verkaufen";
        restored: "The product is on sale again.", "Das Produkt wird wieder verkauft.";
        pictures: "Pictures", "Bilder";
        picture: "Picture", "Bild";
        upload: "Upload a picture", "Bild hochladen";
        upload_hint: "PNG, JPEG, WebP, AVIF or SVG, at most 5 MiB and 40 million pixels", "PNG, JPEG, WebP, AVIF oder SVG, höchstens 5 MiB und 40 Millionen Pixel";
        uploaded: "The picture is added.", "Das Bild ist hinzugefügt.";
        no_file: "Please choose a file.", "Bitte wählen Sie eine Datei.";
        not_a_picture: "This is not a PNG, JPEG, WebP, AVIF or SVG file.", "Das ist keine PNG-, JPEG-, WebP-, AVIF- oder SVG-Datei.";
        bad_picture: "This picture is damaged, too large, or has active content.", "Dieses Bild ist beschädigt, zu groß oder hat aktiven Inhalt.";
        too_many_pictures: "A product has at most 10 pictures.", "Ein Produkt hat höchstens 10 Bilder.";
        stock: "Stock", "Bestand";
        on_hand: "In the store", "Im Lager";
        reserved: "Held for orders", "Für Bestellungen reserviert";
        adjust: "Book units", "Stücke buchen";
        delta: "Units", "Stück";
        delta_hint: "Negative to take away", "Negativ zum Abziehen";
        adjusted: "The units are booked.", "Die Stücke sind gebucht.";
        wrong_delta: "The units must be a whole number up to 1,000,000, and not 0.", "Die Stückzahl muss eine ganze Zahl bis 1.000.000 und nicht 0 sein.";
        wrong_reason: "Please give a reason of 1 to 200 characters.", "Bitte nennen Sie einen Grund mit 1 bis 200 Zeichen.";
        movements: "Latest movements", "Letzte Bewegungen";
        no_movements: "No movements yet.", "Noch keine Bewegungen.";
        change: "Change", "Änderung";
        history: "Price history", "Preisverlauf";
        export: "Export (CSV)", "Export (CSV)";
        import: "Import", "Import";
    }
}

/// Names a field.
pub(crate) const fn field(field: Field, locale: Locale) -> &'static str {
    match (field, locale) {
        (Field::Sku, _) => "SKU",
        (Field::Name, _) => "Name",
        (Field::Description, En) => "Description",
        (Field::Description, De) => "Beschreibung",
        (Field::Price, En) => "Price",
        (Field::Price, De) => "Preis",
        (Field::Currency, En) => "Currency",
        (Field::Currency, De) => "Währung",
        (Field::Category, En) => "Category",
        (Field::Category, De) => "Kategorie",
        (Field::Tags, En) => "Tags",
        (Field::Tags, De) => "Schlagwörter",
        (Field::Images, En) => "Pictures",
        (Field::Images, De) => "Bilder",
        (Field::Attributes, En) => "Attributes",
        (Field::Attributes, De) => "Eigenschaften",
    }
}

/// States the rule of a field.
pub(crate) const fn rule(field: Field, locale: Locale) -> &'static str {
    match (field, locale) {
        (Field::Sku, En) => "1 to 64 letters, digits, dots, underscores or hyphens",
        (Field::Sku, De) => "1 bis 64 Buchstaben, Ziffern, Punkte, Unterstriche oder Bindestriche",
        (Field::Name, En) => "1 to 200 characters",
        (Field::Name, De) => "1 bis 200 Zeichen",
        (Field::Description, En) => "At most 5,000 characters",
        (Field::Description, De) => "Höchstens 5.000 Zeichen",
        (Field::Price, En) => "Such as 14.90, without separators of thousands",
        (Field::Price, De) => "Etwa 14,90, ohne Tausenderpunkte",
        (Field::Currency, En) => "The code of a currency in circulation, such as EUR",
        (Field::Currency, De) => "Das Kürzel einer gültigen Währung, etwa EUR",
        (Field::Category, En) => "One of the categories",
        (Field::Category, De) => "Eine der Kategorien",
        (Field::Tags, En) => {
            "At most 20 words of lowercase letters, digits and hyphens, with spaces between them"
        }
        (Field::Tags, De) => {
            "Höchstens 20 Wörter aus Kleinbuchstaben, Ziffern und Bindestrichen, mit Leerzeichen dazwischen"
        }
        (Field::Images, En) => "At most 10 paths such as /images/mug.png, one on each line",
        (Field::Images, De) => "Höchstens 10 Pfade wie /images/mug.png, einer je Zeile",
        (Field::Attributes, En) => "At most 30, with names and values of at most 200 characters",
        (Field::Attributes, De) => "Höchstens 30, mit Namen und Werten von höchstens 200 Zeichen",
    }
}

/// States what is wrong with a field.
pub(crate) const fn mistake(wrong: Wrong, locale: Locale) -> &'static str {
    match (wrong.mistake, locale) {
        (Mistake::Rule, _) => rule(wrong.field, locale),
        (Mistake::Missing, En) => "Please fill this in.",
        (Mistake::Missing, De) => "Bitte ausfüllen.",
        (Mistake::UnknownCategory, En) => "There is no such category.",
        (Mistake::UnknownCategory, De) => "Diese Kategorie gibt es nicht.",
        (Mistake::Twice, En) => "It occurs twice.",
        (Mistake::Twice, De) => "Das kommt zweimal vor.",
        (Mistake::Changed, En) => "The product has changed since it was exported. Export it again.",
        (Mistake::Changed, De) => "Das Produkt hat sich seit dem Export geändert. Exportieren Sie es neu.",
        (Mistake::Version, En) => "The version is not a number.",
        (Mistake::Version, De) => "Die Version ist keine Zahl.",
        (Mistake::Ambiguous, En) => {
            "The sign may separate thousands or decimals. Please write 1500 or 1.5, for example."
        }
        (Mistake::Ambiguous, De) => {
            "Das Zeichen kann Tausender oder Dezimalstellen trennen. Bitte schreiben Sie etwa 1500 oder 1,5."
        }
        (Mistake::Comma, En) => {
            "In a table with commas between its cells, a price has a decimal point, such as 14.90."
        }
        (Mistake::Comma, De) => {
            "In einer Tabelle mit Kommas zwischen den Zellen hat ein Preis einen Dezimalpunkt, etwa 14.90."
        }
    }
}
