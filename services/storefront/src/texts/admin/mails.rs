//! The texts of emails in the back office.

use crate::texts::texts;

texts! {
    /// The texts of emails in the back office.
    Mails {
        title: "Emails", "E-Mails";
        address: "Address", "Adresse";
        purpose: "Purpose", "Zweck";
        language: "Language", "Sprache";
        attempts: "Attempts", "Versuche";
        answer: "Last answer of the mail server", "Letzte Antwort des Mailservers";
        asked: "Requested", "Angefordert";
        sample: "test", "Test";
        templates: "Templates", "Vorlagen";
        template: "Template", "Vorlage";
        version: "Version", "Version";
        edit: "Edit", "Bearbeiten";
        subject: "Subject", "Betreff";
        text: "Plain text", "Reiner Text";
        html: "HTML", "HTML";
        preview: "Preview", "Vorschau";
        preview_hint: "With sample data. Nothing is stored.", "Mit Beispieldaten. Nichts wird gespeichert.";
        save: "Save as a new version", "Als neue Version speichern";
        test: "Send me the saved version", "Gespeicherte Version an mich senden";
        test_sent: "The test email is on its way to your address.", "Die Test-Mail ist unterwegs an Ihre Adresse.";
        conflict: "Somebody else changed this template meanwhile. The page has both. Save again to overwrite it.", "Jemand anderes hat diese Vorlage inzwischen geändert. Die Seite hat beide. Speichern Sie noch einmal, um sie zu überschreiben.";
        now: "The stored template", "Die gespeicherte Vorlage";
        works_not: "This template does not work:", "Diese Vorlage funktioniert nicht:";
    }
}
