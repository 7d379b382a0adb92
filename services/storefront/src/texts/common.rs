//! The texts of every page.

use super::texts;

texts! {
    /// The texts of every page.
    Common {
        skip: "Skip to the content", "Zum Inhalt";
        menu: "Menu", "Menü";
        search: "Search", "Suchen";
        search_label: "Search the shop", "Im Shop suchen";
        all_products: "All products", "Alle Produkte";
        account: "Account", "Konto";
        orders: "Orders", "Bestellungen";
        back_office: "Back office", "Verwaltung";
        login: "Log in", "Anmelden";
        logout: "Log out", "Abmelden";
        register: "Create an account", "Konto anlegen";
        home: "Home", "Startseite";
        try_again: "Try again", "Noch einmal versuchen";
        send_again: "Send again", "Noch einmal senden";
        form_kept: "It may have been done, or not. This page keeps what you wrote: please send it again in a moment.", "Vielleicht ist es getan, vielleicht nicht. Diese Seite bewahrt, was Sie geschrieben haben: Bitte senden Sie es gleich noch einmal.";
        form_waits: "Nothing was done. This page keeps what you wrote: please send it again in a moment.", "Es wurde nichts getan. Diese Seite bewahrt, was Sie geschrieben haben: Bitte senden Sie es gleich noch einmal.";
        next_page: "Next page", "Nächste Seite";
        previous_page: "Previous page", "Vorige Seite";
        first_page: "First page", "Erste Seite";
        pages: "Pages", "Seiten";
        save: "Save", "Speichern";
        cancel: "Cancel", "Abbrechen";
        remove: "Remove", "Entfernen";
        optional: "optional", "freiwillig";
        check_fields: "Please check the marked fields.", "Bitte prüfen Sie die markierten Felder.";
        you_are_here: "You are here", "Sie sind hier";
        demo: "This is a demonstration. Nothing is sold, and no real card is charged.", "Dies ist eine Vorführung. Es wird nichts verkauft und keine echte Karte belastet.";
        footer: "A shop that loses no order.", "Ein Shop, der keine Bestellung verliert.";
    }
}
