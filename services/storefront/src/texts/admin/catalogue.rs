//! The texts of the tree of categories.

use crate::texts::texts;

texts! {
    /// The texts of the tree of categories.
    Catalogue {
        title: "Categories", "Kategorien";
        slug: "Name in addresses", "Name in Adressen";
        slug_hint: "Lowercase letters, digits and single hyphens", "Kleinbuchstaben, Ziffern und einzelne Bindestriche";
        name: "Name", "Name";
        parent: "Below", "Unter";
        top: "(top)", "(oberste Ebene)";
        add: "Add a category", "Kategorie anlegen";
        change: "Change", "Ändern";
        products: "Products", "Produkte";
        delete: "Delete", "Löschen";
        deleted: "The category is deleted.", "Die Kategorie ist gelöscht.";
        exists: "This category exists already. Open it to change it.", "Diese Kategorie gibt es schon. Öffnen Sie sie, um sie zu ändern.";
        wrong: "Please check name and name in addresses.", "Bitte prüfen Sie Namen und Namen in Adressen.";
        conflict: "Somebody else changed this category meanwhile. Change it again to overwrite that. The category has these values now.", "Jemand anderes hat diese Kategorie inzwischen geändert. Ändern Sie sie noch einmal, um das zu überschreiben. Die Kategorie hat jetzt diese Werte.";
        own_child: "A category cannot lie below itself.", "Eine Kategorie kann nicht unter sich selbst liegen.";
        none: "There are no categories yet.", "Es gibt noch keine Kategorien.";
    }
}
