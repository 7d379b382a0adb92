//! The words of messages above a page.

use estore_contract::verification::Locale;

use super::Texts;
use crate::{api::Service, session::Flash};

/// Says what does not work while a service is away, and what still does.
pub(crate) const fn away(service: Service, locale: Locale) -> &'static str {
    match (service, locale) {
        (Service::User, Locale::En) => {
            "Accounts do not answer right now, so nobody can log in or change their account. You stay logged in, and your basket is kept. Please try again in a moment."
        }
        (Service::User, Locale::De) => {
            "Die Konten antworten gerade nicht. Anmelden und Kontoänderungen gehen nicht. Sie bleiben angemeldet, und Ihr Warenkorb bleibt erhalten. Bitte versuchen Sie es gleich noch einmal."
        }
        (Service::Inventory, Locale::En) => {
            "The catalogue does not answer right now, so products cannot be shown. Your basket is kept, and you can still read your orders. Please try again in a moment."
        }
        (Service::Inventory, Locale::De) => {
            "Der Katalog antwortet gerade nicht. Produkte können nicht gezeigt werden. Ihr Warenkorb bleibt erhalten, und Ihre Bestellungen können Sie weiter lesen. Bitte versuchen Sie es gleich noch einmal."
        }
        (Service::Payment, Locale::En) => {
            "Orders and cards do not answer right now, so nothing can be ordered or paid. You can look around, and your basket is kept. Please try again in a moment."
        }
        (Service::Payment, Locale::De) => {
            "Bestellungen und Karten antworten gerade nicht. Bestellen und Bezahlen gehen nicht. Sie können sich weiter umsehen, und Ihr Warenkorb bleibt erhalten. Bitte versuchen Sie es gleich noch einmal."
        }
        (Service::Verification, Locale::En) => {
            "The links in our emails do not work right now. They stay valid. Please try again in a moment."
        }
        (Service::Verification, Locale::De) => {
            "Die Links in unseren Mails gehen gerade nicht. Sie bleiben gültig. Bitte versuchen Sie es gleich noch einmal."
        }
    }
}

/// Returns the words of a message from the page before.
#[expect(clippy::too_many_lines, reason = "a line for each message and language")]
pub(crate) const fn flash(flash: Flash, locale: Locale) -> &'static str {
    match (flash, locale) {
        (Flash::Added, Locale::En) => "It is in your basket.",
        (Flash::Added, Locale::De) => "Es liegt in Ihrem Warenkorb.",
        (Flash::BasketChanged, Locale::En) => "Your basket is up to date.",
        (Flash::BasketChanged, Locale::De) => "Ihr Warenkorb ist auf dem neuesten Stand.",
        (Flash::BasketFull, Locale::En) => "Your basket is full. Please order what is in it first.",
        (Flash::BasketFull, Locale::De) => {
            "Ihr Warenkorb ist voll. Bitte bestellen Sie zuerst, was darin ist."
        }
        (Flash::Removed, Locale::En) => "It is no longer in your basket.",
        (Flash::Removed, Locale::De) => "Es liegt nicht mehr in Ihrem Warenkorb.",
        (Flash::LoggedOut, Locale::En) => "You are logged out.",
        (Flash::LoggedOut, Locale::De) => "Sie sind abgemeldet.",
        (Flash::SessionEnded, Locale::En) => "Your session has ended. Please log in again.",
        (Flash::SessionEnded, Locale::De) => {
            "Ihre Sitzung ist beendet. Bitte melden Sie sich noch einmal an."
        }
        (Flash::MailSent, Locale::En) => "If this address can get an email from us, it is on its way.",
        (Flash::MailSent, Locale::De) => {
            "Falls diese Adresse eine Mail von uns bekommen kann, ist sie unterwegs."
        }
        (Flash::PasswordChanged, Locale::En) => "Your password is changed. Please log in with it.",
        (Flash::PasswordChanged, Locale::De) => "Ihr Passwort ist geändert. Bitte melden Sie sich damit an.",
        (Flash::OrderPlaced, Locale::En) => "Thank you! We have your order.",
        (Flash::OrderPlaced, Locale::De) => "Vielen Dank! Wir haben Ihre Bestellung.",
        (Flash::OrderFound, Locale::En) => {
            "We have this order already. It was placed once, under the number below."
        }
        (Flash::OrderFound, Locale::De) => {
            "Diese Bestellung haben wir schon. Sie wurde einmal aufgegeben, unter der Nummer unten."
        }
        (Flash::AddressNotKept, Locale::En) => {
            "Thank you! We have your order. The address is not in your address book: it is full or does not answer."
        }
        (Flash::AddressNotKept, Locale::De) => {
            "Vielen Dank! Wir haben Ihre Bestellung. Die Adresse steht nicht in Ihrem Adressbuch: Es ist voll oder antwortet nicht."
        }
        (Flash::OrderCancelled, Locale::En) => "Your order is cancelled. Nothing is charged.",
        (Flash::OrderCancelled, Locale::De) => "Ihre Bestellung ist storniert. Es wird nichts abgebucht.",
        (Flash::OrderCancelling, Locale::En) => "Your order is being cancelled. It will not be charged.",
        (Flash::OrderCancelling, Locale::De) => "Ihre Bestellung wird storniert. Es wird nichts abgebucht.",
        (Flash::OrderNotCancelled, Locale::En) => {
            "It is too late to cancel this order: it is sold already. Please write to the shop for a refund."
        }
        (Flash::OrderNotCancelled, Locale::De) => {
            "Für eine Stornierung ist es zu spät: Die Ware ist schon verkauft. Bitte schreiben Sie dem Shop wegen einer Erstattung."
        }
        (Flash::AddedPart, Locale::En) => "A part is in your basket. The rest is no longer sold.",
        (Flash::AddedPart, Locale::De) => {
            "Ein Teil liegt in Ihrem Warenkorb. Der Rest wird nicht mehr verkauft."
        }
        (Flash::AddedNothing, Locale::En) => "Nothing of this order is sold any more.",
        (Flash::AddedNothing, Locale::De) => "Von dieser Bestellung wird nichts mehr verkauft.",
        (Flash::OrderTooLong, Locale::En) => {
            "This order has more products than a basket can hold. Please choose them one by one."
        }
        (Flash::OrderTooLong, Locale::De) => {
            "Diese Bestellung hat mehr Produkte, als in einen Warenkorb passen. Bitte wählen Sie sie einzeln."
        }
        (Flash::QuantityLeft, Locale::En) => {
            "One quantity is not a number from 0 to 999, and stays as it was."
        }
        (Flash::QuantityLeft, Locale::De) => {
            "Eine Menge ist keine Zahl von 0 bis 999 und bleibt, wie sie war."
        }
        (Flash::Saved, Locale::En) => "Your changes are saved.",
        (Flash::Saved, Locale::De) => "Ihre Änderungen sind gespeichert.",
        (Flash::AddressSaved, Locale::En) => "The address is saved.",
        (Flash::AddressSaved, Locale::De) => "Die Adresse ist gespeichert.",
        (Flash::AddressDeleted, Locale::En) => "The address is deleted.",
        (Flash::AddressDeleted, Locale::De) => "Die Adresse ist gelöscht.",
        (Flash::CardSaved, Locale::En) => "The card is saved.",
        (Flash::CardSaved, Locale::De) => "Die Karte ist gespeichert.",
        (Flash::CardDeleted, Locale::En) => "The card is deleted.",
        (Flash::CardDeleted, Locale::De) => "Die Karte ist gelöscht.",
        (Flash::SessionsEnded, Locale::En) => "Done. Nobody is logged in there any more.",
        (Flash::SessionsEnded, Locale::De) => "Erledigt. Dort ist niemand mehr angemeldet.",
        (Flash::SessionsLeft, Locale::En) => "Many sessions have ended, and some are left. Please repeat it.",
        (Flash::SessionsLeft, Locale::De) => {
            "Viele Sitzungen sind beendet, einige sind noch übrig. Bitte wiederholen Sie es."
        }
        (Flash::PasswordRenewed, Locale::En) => "Your password is changed. All other devices are logged out.",
        (Flash::PasswordRenewed, Locale::De) => {
            "Ihr Passwort ist geändert. Alle anderen Geräte sind abgemeldet."
        }
        (Flash::AccountClosed, Locale::En) => {
            "Your account is closed, and your personal data is being erased. Thank you for having been here."
        }
        (Flash::AccountClosed, Locale::De) => {
            "Ihr Konto ist geschlossen, und Ihre persönlichen Daten werden gelöscht. Danke, dass Sie hier waren."
        }
        (Flash::ProductCreated, _) => Texts::of(locale).admin.products.created,
        (Flash::ProductArchived, _) => Texts::of(locale).admin.products.archived_now,
        (Flash::ProductRestored, _) => Texts::of(locale).admin.products.restored,
        (Flash::PictureAdded, _) => Texts::of(locale).admin.products.uploaded,
        (Flash::StockBooked, _) => Texts::of(locale).admin.products.adjusted,
        (Flash::CategoryDeleted, _) => Texts::of(locale).admin.catalogue.deleted,
        (Flash::RefundMade, _) => Texts::of(locale).admin.orders.refund_made,
        (Flash::RefundPending, _) => Texts::of(locale).admin.orders.refund_pending,
        (Flash::RefundFailed, _) => Texts::of(locale).admin.orders.refund_failed,
        (Flash::OrderStopped, _) => Texts::of(locale).admin.orders.cancelled,
        (Flash::SampleSent, _) => Texts::of(locale).admin.mails.test_sent,
        (Flash::FaultCaused, _) => Texts::of(locale).engine.frame.fault_caused,
        (Flash::FaultsEnded, _) => Texts::of(locale).engine.frame.faults_ended,
        (Flash::TimetableSet, _) => Texts::of(locale).engine.frame.timetable_set,
        (Flash::TimetableEnded, _) => Texts::of(locale).engine.frame.timetable_ended,
        (Flash::LoadSet, _) => Texts::of(locale).engine.frame.load_set,
    }
}
