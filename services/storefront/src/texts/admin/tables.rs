//! The texts of the export and import of products.

use estore_contract::verification::Locale::{self, De, En};

use super::{field, mistake};
use crate::{
    pages::admin::csv::{LineError, Refused},
    texts::texts,
};

texts! {
    /// The texts of the export and import of products.
    Tables {
        title: "Import products", "Produkte importieren";
        hint: "A table (CSV, UTF-8) as the export writes it: at most 2,000 products and 1 MiB. Columns may be missing, and keep their fields. A new product needs name, price, currency and category.", "Eine Tabelle (CSV, UTF-8), wie der Export sie schreibt: höchstens 2.000 Produkte und 1 MiB. Spalten dürfen fehlen, ihre Felder bleiben. Ein neues Produkt braucht Name, Preis, Währung und Kategorie.";
        ignored: "The columns status and available are not read: archive products and book stock on their pages.", "Die Spalten status und available werden nicht gelesen: Archivieren und buchen Sie auf der Seite des Produkts.";
        file: "Table", "Tabelle";
        look: "Say what would change", "Sagen, was sich ändern würde";
        plan: "What would change", "Was sich ändern würde";
        creates: "New products", "Neue Produkte";
        updates: "Changed products", "Geänderte Produkte";
        unchanged: "Unchanged products", "Unveränderte Produkte";
        errors: "Lines with an error", "Zeilen mit einem Fehler";
        errors_hint: "These lines are left out.", "Diese Zeilen werden ausgelassen.";
        line: "Line", "Zeile";
        error: "Error", "Fehler";
        kind: "Effect", "Wirkung";
        new: "new", "neu";
        changed: "changed", "geändert";
        changes: "Changes", "Änderungen";
        apply: "Make these changes", "Diese Änderungen machen";
        nothing: "Nothing would change.", "Nichts würde sich ändern.";
        moved: "The catalogue has changed since you looked. This is what would change now.", "Der Katalog hat sich geändert, seit Sie nachgesehen haben. Das würde sich jetzt ändern.";
        done: "Changes made", "Gemachte Änderungen";
        left: "Changes left", "Übrige Änderungen";
        go_on: "Go on", "Weitermachen";
        failed: "Changes that were refused", "Abgelehnte Änderungen";
        stopped: "A service did not answer, so the import stopped. Go on: changes that are made are not repeated.", "Ein Dienst hat nicht geantwortet, der Import hat angehalten. Machen Sie weiter: Gemachtes wird nicht wiederholt.";
        all_done: "All changes are made.", "Alle Änderungen sind gemacht.";
        no_file: "Please choose a file.", "Bitte wählen Sie eine Datei.";
    }
}

/// Says why a whole table is refused.
pub(crate) fn refused(refused: &Refused, locale: Locale) -> String {
    match (refused, locale) {
        (Refused::TooLarge, En) => "The table is larger than 1 MiB. Please split it.".to_owned(),
        (Refused::TooLarge, De) => "Die Tabelle ist größer als 1 MiB. Bitte teilen Sie sie.".to_owned(),
        (Refused::TooManyRows, En) => "The table has more than 2,000 products. Please split it.".to_owned(),
        (Refused::TooManyRows, De) => {
            "Die Tabelle hat mehr als 2.000 Produkte. Bitte teilen Sie sie.".to_owned()
        }
        (Refused::NotUtf8, En) => "The file is not a table in UTF-8. Save it as “CSV UTF-8”.".to_owned(),
        (Refused::NotUtf8, De) => {
            "Die Datei ist keine Tabelle in UTF-8. Speichern Sie sie als „CSV UTF-8“.".to_owned()
        }
        (Refused::Empty, En) => "The first line must name the columns.".to_owned(),
        (Refused::Empty, De) => "Die erste Zeile muss die Spalten nennen.".to_owned(),
        (Refused::UnknownColumn(name), En) => format!("Products have no column “{name}”."),
        (Refused::UnknownColumn(name), De) => format!("Produkte haben keine Spalte „{name}“."),
        (Refused::TwoColumns(name), En) => format!("The column “{name}” occurs twice."),
        (Refused::TwoColumns(name), De) => format!("Die Spalte „{name}“ kommt zweimal vor."),
        (Refused::NoColumn(field), En) => format!("The column “{}” is missing.", field.as_str()),
        (Refused::NoColumn(field), De) => format!("Die Spalte „{}“ fehlt.", field.as_str()),
    }
}

/// Says what is wrong with a line.
pub(crate) fn line_error(error: &LineError, locale: Locale) -> String {
    match (error, locale) {
        (LineError::Cells, En) => "The line has another number of cells than the first line.".to_owned(),
        (LineError::Cells, De) => "Die Zeile hat nicht so viele Zellen wie die erste.".to_owned(),
        (LineError::Field(wrong), _) => {
            format!("{}: {}", field(wrong.field, locale), mistake(*wrong, locale))
        }
    }
}
