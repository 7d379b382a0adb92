//! The words of the page behind the link in a mail: its title, its message, and what its button says.

use estore_contract::verification::Locale;

use super::page::Says;

pub(super) const fn words(says: Says, locale: Locale) -> [&'static str; 3] {
    match locale {
        Locale::En => english(says),
        Locale::De => german(says),
    }
}

const fn english(says: Says) -> [&'static str; 3] {
    match says {
        Says::Ask => {
            ["One more step", "Press the button to verify your e-mail address.", "Verify my address"]
        }
        Says::AskMove => [
            "One more step",
            "Press the button if your account is to have this e-mail address from now on.",
            "Use this address",
        ],
        Says::AskStop => [
            "Stop the change?",
            "Somebody asked to give your account another e-mail address. Press the button if that was not you: the account keeps, or gets back, this address.",
            "Stop the change",
        ],
        Says::AskRevert => [
            "Undo the change?",
            "Your account has another e-mail address now. Press the button if that was not you: the account gets this address back, everybody is logged out, and we mail you a link for a new password.",
            "Undo the change",
        ],
        Says::Choose => ["Almost there", "Choose a new password for your account.", "Change my password"],
        Says::Verified => ["Thank you!", "Your address is verified. You can log in and order now.", ""],
        Says::Moved => ["Done", "Your account has this e-mail address now. Log in with it from now on.", ""],
        Says::Stopped => [
            "Stopped",
            "Your account keeps this e-mail address. Whoever asked for the change knows your password: choose a new one now.",
            "",
        ],
        Says::Reverted => [
            "Undone",
            "Your account has this e-mail address again, and everybody was logged out. We have mailed you a link for a new password; the old one does not work any more.",
            "",
        ],
        Says::Accepted => ["Noted", "We have noted it. It will be done within a few minutes.", ""],
        Says::Superseded => [
            "This link does not count any more",
            "Nothing was changed. Another link was used first, a newer change was asked for, or the password was changed since.",
            "",
        ],
        Says::Used => ["Already done", "This link was used already. You can log in.", ""],
        Says::Expired => ["Too late", "This link has expired. Ask for a new mail.", ""],
        Says::Unknown => {
            ["That did not work", "This link is not one of ours. Please copy it whole from your mail.", ""]
        }
    }
}

const fn german(says: Says) -> [&'static str; 3] {
    match says {
        Says::Ask => [
            "Nur noch ein Schritt",
            "Drücken Sie den Knopf, um Ihre E-Mail-Adresse zu bestätigen.",
            "Adresse bestätigen",
        ],
        Says::AskMove => [
            "Nur noch ein Schritt",
            "Drücken Sie den Knopf, wenn Ihr Konto ab jetzt diese E-Mail-Adresse haben soll.",
            "Diese Adresse verwenden",
        ],
        Says::AskStop => [
            "Änderung stoppen?",
            "Jemand wollte Ihrem Konto eine andere E-Mail-Adresse geben. Drücken Sie den Knopf, wenn Sie das nicht waren: Das Konto behält diese Adresse oder bekommt sie zurück.",
            "Änderung stoppen",
        ],
        Says::AskRevert => [
            "Änderung rückgängig machen?",
            "Ihr Konto hat jetzt eine andere E-Mail-Adresse. Drücken Sie den Knopf, wenn Sie das nicht waren: Das Konto bekommt diese Adresse zurück, alle werden abgemeldet, und Sie bekommen einen Link für ein neues Passwort.",
            "Rückgängig machen",
        ],
        Says::Choose => ["Fast geschafft", "Wählen Sie ein neues Passwort für Ihr Konto.", "Passwort ändern"],
        Says::Verified => {
            ["Danke!", "Ihre Adresse ist bestätigt. Sie können sich jetzt anmelden und bestellen.", ""]
        }
        Says::Moved => {
            ["Erledigt", "Ihr Konto hat jetzt diese E-Mail-Adresse. Melden Sie sich ab jetzt damit an.", ""]
        }
        Says::Stopped => [
            "Gestoppt",
            "Ihr Konto behält diese E-Mail-Adresse. Wer die Änderung wollte, kennt Ihr Passwort: Wählen Sie jetzt ein neues.",
            "",
        ],
        Says::Reverted => [
            "Rückgängig gemacht",
            "Ihr Konto hat diese E-Mail-Adresse wieder, und alle wurden abgemeldet. Wir haben Ihnen einen Link für ein neues Passwort geschickt; das alte gilt nicht mehr.",
            "",
        ],
        Says::Accepted => ["Notiert", "Wir haben es notiert. Es wird in wenigen Minuten erledigt.", ""],
        Says::Superseded => [
            "Dieser Link gilt nicht mehr",
            "Es wurde nichts geändert. Ein anderer Link wurde zuerst benutzt, eine neuere Änderung gewünscht oder das Passwort inzwischen geändert.",
            "",
        ],
        Says::Used => ["Schon erledigt", "Dieser Link wurde schon benutzt. Sie können sich anmelden.", ""],
        Says::Expired => ["Zu spät", "Dieser Link ist abgelaufen. Fordern Sie eine neue Mail an.", ""],
        Says::Unknown => [
            "Das hat nicht geklappt",
            "Diesen Link kennen wir nicht. Bitte kopieren Sie ihn ganz aus Ihrer Mail.",
            "",
        ],
    }
}
