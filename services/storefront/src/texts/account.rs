//! The texts of the account.

use super::texts;

texts! {
    /// The texts of the account.
    Account {
        title: "Your account", "Ihr Konto";
        profile: "Profile", "Profil";
        addresses: "Addresses", "Adressen";
        cards: "Cards", "Karten";
        sessions: "Devices", "Geräte";
        email: "Email address", "E-Mail-Adresse";
        password: "Password", "Passwort";
        data: "Your data", "Ihre Daten";
        name: "Name", "Name";
        phone: "Telephone", "Telefon";
        phone_hint: "With the country code, such as +49301234567", "Mit der Landesvorwahl, etwa +49301234567";
        mail_language: "Language of our emails", "Sprache unserer Mails";
        verified: "verified", "bestätigt";
        not_verified: "not verified yet", "noch nicht bestätigt";
        customer_since: "Customer since", "Kunde seit";
        no_addresses: "You have not kept any address yet.", "Sie haben noch keine Adresse hinterlegt.";
        add_address: "Add an address", "Adresse hinzufügen";
        edit_address: "Change the address", "Adresse ändern";
        edit: "Change", "Ändern";
        delete: "Delete", "Löschen";
        default: "Default", "Standard";
        make_default: "Make it the default", "Zum Standard machen";
        too_many_addresses: "Your account has the largest number of addresses. Please delete one first.", "Ihr Konto hat schon die größte Zahl von Adressen. Bitte löschen Sie zuerst eine.";
        label: "Name of this address", "Name dieser Adresse";
        label_hint: "Such as Home", "Etwa Zuhause";
        recipient: "Recipient", "Empfänger";
        recipient_hint: "If it is not you", "Falls Sie es nicht selbst sind";
        line1: "Street and number", "Straße und Hausnummer";
        line2: "Flat, floor or company", "Wohnung, Stockwerk oder Firma";
        postal_code: "Postal code", "Postleitzahl";
        city: "Town", "Ort";
        region: "State or province", "Bundesland oder Provinz";
        country: "Country", "Land";
        choose: "Please choose", "Bitte wählen";
        no_cards: "You have not kept any card yet.", "Sie haben noch keine Karte hinterlegt.";
        add_card: "Add a card", "Karte hinzufügen";
        card_number: "Card number", "Kartennummer";
        expiry: "Expiry date", "Gültig bis";
        expiry_hint: "Month and year, as on the card: 04/29", "Monat und Jahr, wie auf der Karte: 04/29";
        cvc: "Security code", "Prüfnummer";
        cvc_hint: "3 or 4 digits. We never keep it.", "3 oder 4 Ziffern. Wir bewahren sie nie auf.";
        expires: "valid until", "gültig bis";
        expired: "expired", "abgelaufen";
        ending: "ending in", "endet auf";
        too_many_cards: "Your account has the largest number of cards. Please delete one first.", "Ihr Konto hat schon die größte Zahl von Karten. Bitte löschen Sie zuerst eine.";
        card_unknown: "The card may be saved, or not. Please enter it once more: it is saved once.", "Die Karte ist vielleicht gespeichert, vielleicht nicht. Bitte geben Sie sie noch einmal ein: Sie wird einmal gespeichert.";
        key_used: "This form kept another card before. Please enter the card once more.", "Mit diesem Formular wurde schon eine andere Karte hinterlegt. Bitte geben Sie die Karte noch einmal ein.";
        sessions_text: "You are logged in on these devices. End a session that you do not know, and then change your password.", "Auf diesen Geräten sind Sie angemeldet. Beenden Sie eine Sitzung, die Sie nicht kennen, und ändern Sie dann Ihr Passwort.";
        this_device: "this device", "dieses Gerät";
        unknown_device: "Unknown device", "Unbekanntes Gerät";
        since: "since", "seit";
        last_used: "last used", "zuletzt benutzt";
        end: "End this session", "Sitzung beenden";
        end_others: "End all other sessions", "Alle anderen Sitzungen beenden";
        current_email: "Your address now", "Ihre Adresse jetzt";
        new_email: "New email address", "Neue E-Mail-Adresse";
        email_text: "We send a link to the new address. The account moves once you press it. We tell the old address at once, with a link that stops the change.", "Wir senden einen Link an die neue Adresse. Das Konto zieht um, sobald Sie ihn drücken. Der alten Adresse sagen wir sofort Bescheid, mit einem Link, der die Änderung anhält.";
        change_email: "Change my email address", "E-Mail-Adresse ändern";
        your_password: "Your password", "Ihr Passwort";
        current_password: "Current password", "Jetziges Passwort";
        new_password: "New password", "Neues Passwort";
        new_password_hint: "At least 8 characters", "Mindestens 8 Zeichen";
        password_text: "All other devices are logged out.", "Alle anderen Geräte werden abgemeldet.";
        change_password: "Change my password", "Passwort ändern";
        export: "Download your data", "Ihre Daten herunterladen";
        export_text: "Everything that we hold on you, as a JSON file: profile, addresses, orders, cards (last four digits), sessions and emails.", "Alles, was wir über Sie haben, als JSON-Datei: Profil, Adressen, Bestellungen, Karten (letzte vier Ziffern), Sitzungen und Mails.";
        export_button: "Download", "Herunterladen";
        close: "Close the account", "Konto schließen";
        close_text: "This is for good. Orders that are not paid yet are cancelled, and the others are finished. Your personal data is erased; the books of your payments stay, without your name.", "Das ist endgültig. Bestellungen, die noch nicht bezahlt sind, werden storniert, die anderen zu Ende gebracht. Ihre persönlichen Daten werden gelöscht; die Bücher über Ihre Zahlungen bleiben, ohne Ihren Namen.";
        close_button: "Close my account for good", "Konto endgültig schließen";
        admin_cannot_close: "An admin cannot close their own account. Please ask another admin to change your role first.", "Das eigene Konto kann ein Admin nicht schließen. Bitte lassen Sie zuerst einen anderen Admin Ihre Rolle ändern.";
    }
}
