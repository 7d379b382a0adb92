//! The texts of the page behind the link in an email: its title, its message, and the label of its
//! button.

use estore_contract::verification::Locale;

use super::PageKind;

pub(super) const fn texts(kind: PageKind, locale: Locale) -> [&'static str; 3] {
    match locale {
        Locale::En => english(kind),
        Locale::De => german(kind),
    }
}

const fn english(kind: PageKind) -> [&'static str; 3] {
    match kind {
        PageKind::Ask => {
            ["One more step", "Press the button to verify your email address.", "Verify my address"]
        }
        PageKind::AskMove => [
            "One more step",
            "Press the button if your account is to have this email address from now on.",
            "Use this address",
        ],
        PageKind::AskStop => [
            "Stop the change?",
            "Somebody asked to give your account another email address. Press the button if that was not you: the account keeps, or gets back, this address.",
            "Stop the change",
        ],
        PageKind::AskRevert => [
            "Undo the change?",
            "Your account has another email address now. Press the button if that was not you: the account gets this address back, everybody is logged out, and we email you a link for a new password.",
            "Undo the change",
        ],
        PageKind::Choose => ["Almost there", "Choose a new password for your account.", "Change my password"],
        PageKind::Verified => ["Thank you!", "Your address is verified. You can log in and order now.", ""],
        PageKind::Moved => {
            ["Done", "Your account has this email address now. Log in with it from now on.", ""]
        }
        PageKind::Stopped => [
            "Stopped",
            "Your account keeps this email address. Whoever asked for the change knows your password: choose a new one now.",
            "",
        ],
        PageKind::Reverted => [
            "Undone",
            "Your account has this email address again, and everybody was logged out. We have emailed you a link for a new password; the old one does not work any more.",
            "",
        ],
        PageKind::Accepted => ["Noted", "We have noted it. It will be done within a few minutes.", ""],
        PageKind::Superseded => [
            "This link is no longer valid",
            "Nothing was changed. Another link was used first, a newer change was asked for, or the password was changed since.",
            "",
        ],
        PageKind::Used => ["Already done", "This link was used already. You can log in.", ""],
        PageKind::Expired => ["Too late", "This link has expired. Ask for a new email.", ""],
        PageKind::Unknown => [
            "That did not work",
            "This link is not one of ours. Please copy the whole link from your email.",
            "",
        ],
    }
}

const fn german(kind: PageKind) -> [&'static str; 3] {
    match kind {
        PageKind::Ask => [
            "Nur noch ein Schritt",
            "Drücken Sie den Knopf, um Ihre E-Mail-Adresse zu bestätigen.",
            "Adresse bestätigen",
        ],
        PageKind::AskMove => [
            "Nur noch ein Schritt",
            "Drücken Sie den Knopf, wenn Ihr Konto ab jetzt diese E-Mail-Adresse haben soll.",
            "Diese Adresse verwenden",
        ],
        PageKind::AskStop => [
            "Änderung stoppen?",
            "Jemand wollte Ihrem Konto eine andere E-Mail-Adresse geben. Drücken Sie den Knopf, wenn Sie das nicht waren: Das Konto behält diese Adresse oder bekommt sie zurück.",
            "Änderung stoppen",
        ],
        PageKind::AskRevert => [
            "Änderung rückgängig machen?",
            "Ihr Konto hat jetzt eine andere E-Mail-Adresse. Drücken Sie den Knopf, wenn Sie das nicht waren: Das Konto bekommt diese Adresse zurück, alle werden abgemeldet, und Sie bekommen einen Link für ein neues Passwort.",
            "Rückgängig machen",
        ],
        PageKind::Choose => {
            ["Fast geschafft", "Wählen Sie ein neues Passwort für Ihr Konto.", "Passwort ändern"]
        }
        PageKind::Verified => {
            ["Danke!", "Ihre Adresse ist bestätigt. Sie können sich jetzt anmelden und bestellen.", ""]
        }
        PageKind::Moved => {
            ["Erledigt", "Ihr Konto hat jetzt diese E-Mail-Adresse. Melden Sie sich ab jetzt damit an.", ""]
        }
        PageKind::Stopped => [
            "Gestoppt",
            "Ihr Konto behält diese E-Mail-Adresse. Wer die Änderung wollte, kennt Ihr Passwort: Wählen Sie jetzt ein neues.",
            "",
        ],
        PageKind::Reverted => [
            "Rückgängig gemacht",
            "Ihr Konto hat diese E-Mail-Adresse wieder, und alle wurden abgemeldet. Wir haben Ihnen einen Link für ein neues Passwort geschickt; das alte gilt nicht mehr.",
            "",
        ],
        PageKind::Accepted => ["Notiert", "Wir haben es notiert. Es wird in wenigen Minuten erledigt.", ""],
        PageKind::Superseded => [
            "Dieser Link gilt nicht mehr",
            "Es wurde nichts geändert. Ein anderer Link wurde zuerst benutzt, eine neuere Änderung gewünscht oder das Passwort inzwischen geändert.",
            "",
        ],
        PageKind::Used => {
            ["Schon erledigt", "Dieser Link wurde schon benutzt. Sie können sich anmelden.", ""]
        }
        PageKind::Expired => ["Zu spät", "Dieser Link ist abgelaufen. Fordern Sie eine neue Mail an.", ""],
        PageKind::Unknown => [
            "Das hat nicht geklappt",
            "Diesen Link kennen wir nicht. Bitte kopieren Sie ihn ganz aus Ihrer Mail.",
            "",
        ],
    }
}
