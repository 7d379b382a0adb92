//! The texts of customers in the back office.

use crate::texts::texts;

texts! {
    /// The texts of customers in the back office.
    People {
        title: "Customers", "Kunden";
        part: "Name or address", "Name oder Adresse";
        role: "Role", "Rolle";
        name: "Name", "Name";
        email: "Email address", "E-Mail-Adresse";
        verified: "Verified", "Bestätigt";
        unverified: "Not verified", "Nicht bestätigt";
        since: "Since", "Seit";
        phone: "Phone", "Telefon";
        language: "Language", "Sprache";
        address: "Shipping address", "Lieferadresse";
        orders: "Orders", "Bestellungen";
        no_orders: "No orders.", "Keine Bestellungen.";
        all_orders: "All orders", "Alle Bestellungen";
        ledger: "Ledger", "Buchungen";
        mails: "Emails", "E-Mails";
        all_mails: "All emails", "Alle E-Mails";
        disable: "Disable the account", "Konto sperren";
        disable_hint: "Every session ends, and links in emails stop working.", "Alle Sitzungen enden, und Links in E-Mails gelten nicht mehr.";
        enable: "Enable the account", "Konto entsperren";
        make_admin: "Make this an admin", "Zur Verwaltung berechtigen";
        make_customer: "Make this a customer", "Berechtigung entziehen";
        make_admin_hint: "Admins may do everything in this back office.", "Wer berechtigt ist, darf in dieser Verwaltung alles.";
        changes: "Change the account", "Konto ändern";
    }
}
