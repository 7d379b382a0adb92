//! The texts of login, registration, and the links in emails.

use super::texts;

texts! {
    /// The texts of login, registration, and the links in emails.
    Access {
        login: "Log in", "Anmelden";
        email: "Email address", "E-Mail-Adresse";
        password: "Password", "Passwort";
        name: "Name", "Name";
        name_hint: "As we address you in emails", "So sprechen wir Sie in Mails an";
        new_password: "New password", "Neues Passwort";
        password_hint: "At least 8 characters", "Mindestens 8 Zeichen";
        forgotten: "Forgot your password?", "Passwort vergessen?";
        new_here: "New here?", "Neu hier?";
        known: "Already have an account?", "Schon ein Konto?";
        wrong: "The email address or the password is wrong.", "Die E-Mail-Adresse oder das Passwort ist falsch.";
        unverified: "This address is not verified yet. Please press the link in our email, or have it sent again.", "Diese Adresse ist noch nicht bestätigt. Bitte drücken Sie den Link in unserer Mail oder lassen Sie sie noch einmal senden.";
        disabled: "This account is disabled. Please write to the shop.", "Dieses Konto ist gesperrt. Bitte schreiben Sie dem Shop.";
        too_many: "Too many attempts. Please wait a little.", "Zu viele Versuche. Bitte warten Sie ein wenig.";
        bad_email: "This is not an email address, such as ada@example.com.", "Das ist keine E-Mail-Adresse wie ada@example.com.";
        bad_name: "Please write a name of 1 to 100 letters, without a web address.", "Bitte schreiben Sie einen Namen mit 1 bis 100 Zeichen, ohne Webadresse.";
        bad_password: "Please choose 8 to 128 characters that are not a common password.", "Bitte wählen Sie 8 bis 128 Zeichen, die kein verbreitetes Passwort sind.";
        register: "Create an account", "Konto anlegen";
        create: "Create the account", "Konto anlegen";
        mail_title: "Look into your mailbox", "Sehen Sie in Ihr Postfach";
        mail_sent: "If this address can have an account, we have sent an email with a link. Press it to go on.", "Falls diese Adresse ein Konto haben kann, haben wir eine Mail mit einem Link gesendet. Drücken Sie ihn, um fortzufahren.";
        send_again: "Send the email again", "Mail noch einmal senden";
        forgot_title: "Forgotten password", "Passwort vergessen";
        forgot_text: "We send you a link with which you choose a new one.", "Wir senden Ihnen einen Link, mit dem Sie ein neues wählen.";
        send_link: "Send the link", "Link senden";
        new_password_title: "A new password", "Ein neues Passwort";
        change_password: "Change my password", "Passwort ändern";
        verify_title: "One more step", "Nur noch ein Schritt";
        verify_text: "Press the button to confirm what the email asks.", "Drücken Sie den Knopf, um zu bestätigen, worum es in der Mail geht.";
        verify: "Confirm", "Bestätigen";
        verified: "Your address is verified. You can log in and order now.", "Ihre Adresse ist bestätigt. Sie können sich jetzt anmelden und bestellen.";
        moved: "Your account has this email address now. Log in with it from now on.", "Ihr Konto hat jetzt diese E-Mail-Adresse. Melden Sie sich ab jetzt damit an.";
        stopped: "Your account keeps its email address. Whoever asked for the change knows your password: choose a new one now.", "Ihr Konto behält seine E-Mail-Adresse. Wer die Änderung wollte, kennt Ihr Passwort: Wählen Sie jetzt ein neues.";
        reverted: "Your account has this email address again, and everybody was logged out. We have emailed you a link for a new password.", "Ihr Konto hat diese E-Mail-Adresse wieder, und alle wurden abgemeldet. Wir haben Ihnen einen Link für ein neues Passwort geschickt.";
        accepted: "We have noted it. It will be done within a few minutes.", "Wir haben es notiert. Es wird in wenigen Minuten erledigt.";
        link_done: "Done", "Erledigt";
        link_used_title: "This link is no longer valid", "Dieser Link gilt nicht mehr";
        link_used: "It was used already, or something newer came first.", "Er wurde schon benutzt, oder etwas Neueres kam zuvor.";
        link_expired: "It has expired. Ask for a new email.", "Er ist abgelaufen. Fordern Sie eine neue Mail an.";
        link_unknown_title: "We do not know this link", "Diesen Link kennen wir nicht";
        link_unknown: "Please copy the whole link from your email.", "Bitte kopieren Sie den Link ganz aus Ihrer Mail.";
    }
}
