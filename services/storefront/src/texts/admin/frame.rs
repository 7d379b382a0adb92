//! The texts of every page of the back office.

use crate::texts::texts;

texts! {
    /// The texts of every page of the back office.
    Frame {
        menu: "Back office", "Verwaltung";
        today: "Today", "Heute";
        orders: "Orders", "Bestellungen";
        products: "Products", "Produkte";
        categories: "Categories", "Kategorien";
        customers: "Customers", "Kunden";
        mails: "Emails", "E-Mails";
        search: "Search", "Suchen";
        filters: "Filters", "Filter";
        any: "Any", "Alle";
        clear: "Clear", "Zurücksetzen";
        nothing: "Nothing matches.", "Nichts gefunden.";
        more_below: "This page has no match, but later ones may.", "Diese Seite hat keinen Treffer, spätere vielleicht schon.";
        status: "Status", "Status";
        at: "Time", "Zeit";
        reason: "Reason", "Grund";
        unavailable: "This part cannot be shown right now.", "Dieser Teil kann gerade nicht gezeigt werden.";
    }
}
