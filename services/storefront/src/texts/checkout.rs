//! The texts of the checkout.

use estore_contract::{OrderNumber, verification::Locale};

use super::texts;
use crate::checkout::{Decline, Refusal};

texts! {
    /// The texts of the checkout.
    Checkout {
        title: "Checkout", "Kasse";
        address: "Where shall we send it?", "Wohin sollen wir liefern?";
        new_address: "Another address", "Eine andere Adresse";
        chosen_address: "The address that you chose", "Die Adresse, die Sie gewählt haben";
        chosen_card: "The card that you chose", "Die Karte, die Sie gewählt haben";
        save_address: "Keep this address in my account", "Diese Adresse in meinem Konto behalten";
        card: "How do you pay?", "Womit bezahlen Sie?";
        new_card: "Another card", "Eine andere Karte";
        card_is_saved: "The card is kept in your account, encrypted. You can delete it there.", "Die Karte wird verschlüsselt in Ihrem Konto aufbewahrt. Dort können Sie sie löschen.";
        test_cards: "Test cards", "Testkarten";
        test_cards_text: "No real money moves. These numbers show what a shop must be able to handle.", "Es fließt kein echtes Geld. Diese Nummern zeigen, womit ein Shop umgehen muss.";
        test_number: "Number", "Nummer";
        test_outcome: "What happens", "Was geschieht";
        summary: "Your order", "Ihre Bestellung";
        change_basket: "Change the basket", "Warenkorb ändern";
        place: "Order and pay", "Zahlungspflichtig bestellen";
        once: "You cannot order twice by accident: pressing again, reloading or going back finds the same order.", "Sie können nicht versehentlich doppelt bestellen: Noch einmal drücken, neu laden oder zurückgehen findet dieselbe Bestellung.";
        unpriced: "The prices cannot be shown now, so nothing can be ordered. Your basket is kept.", "Die Preise können gerade nicht gezeigt werden, darum lässt sich nichts bestellen. Ihr Warenkorb bleibt erhalten.";
        blocked: "Please change the basket first: not all of it can be ordered.", "Bitte ändern Sie zuerst den Warenkorb: Nicht alles darin kann bestellt werden.";
        unknown_title: "We do not know yet whether your order has arrived", "Wir wissen noch nicht, ob Ihre Bestellung angekommen ist";
        repeat: "Ask again", "Noch einmal nachfragen";
        not_placed: "Your order was not placed", "Ihre Bestellung wurde nicht aufgenommen";
    }
}

/// The effect of a test card of the sandbox gateway.
pub(crate) const fn test_card(decline: Option<Decline>, locale: Locale) -> &'static str {
    match (decline, locale) {
        (None, Locale::En) => "Is accepted",
        (None, Locale::De) => "Wird angenommen",
        (Some(Decline::InsufficientFunds), Locale::En) => "Declined: not enough money",
        (Some(Decline::InsufficientFunds), Locale::De) => "Abgelehnt: nicht genug Geld",
        (Some(Decline::Expired), Locale::En) => "Declined: expired",
        (Some(Decline::Expired), Locale::De) => "Abgelehnt: abgelaufen",
        (Some(Decline::Cvc), Locale::En) => "Declined: wrong security code",
        (Some(Decline::Cvc), Locale::De) => "Abgelehnt: falsche Prüfnummer",
        (Some(Decline::Processing), Locale::En) => "Declined: the bank cannot process it",
        (Some(Decline::Processing), Locale::De) => "Abgelehnt: Die Bank kann nicht buchen",
        (Some(Decline::Other), Locale::En) => "Declined without a reason",
        (Some(Decline::Other), Locale::De) => "Abgelehnt ohne Grund",
    }
}

/// Says what is known of an order whose answer was lost.
pub(crate) fn outcome_unknown(number: OrderNumber, locale: Locale) -> String {
    match locale {
        Locale::En => format!(
            "The shop did not answer in time. If the order has arrived, its number is {number}. Ask again with the button below: it finds the order, or places it. It is never placed twice."
        ),
        Locale::De => format!(
            "Der Shop hat nicht rechtzeitig geantwortet. Falls die Bestellung angekommen ist, ist ihre Nummer {number}. Fragen Sie mit dem Knopf unten noch einmal nach: Er findet die Bestellung oder gibt sie auf. Sie wird nie doppelt aufgegeben."
        ),
    }
}

/// Says why the shop did not take an order, and what to do.
pub(crate) const fn refusal(refusal: &Refusal, locale: Locale) -> &'static str {
    match locale {
        Locale::En => english(refusal),
        Locale::De => german(refusal),
    }
}

const fn english(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::PriceChanged => {
            "A price has changed meanwhile. Nothing was charged. Please look at the new total, and order if it suits you."
        }
        Refusal::SoldOut(_) => {
            "Not enough is left of what you ordered. Nothing was charged. Please lower the quantity in your basket."
        }
        Refusal::Gone(_) => {
            "A product is no longer sold. Nothing was charged. Please take it out of your basket."
        }
        Refusal::Declined(decline) => match decline {
            Decline::InsufficientFunds => {
                "The card does not have enough money for this. Nothing was charged. Please use another card."
            }
            Decline::Expired => "The card has expired. Nothing was charged. Please use another card.",
            Decline::Cvc => {
                "The security code of the card is wrong. Nothing was charged. Please enter the card once more."
            }
            Decline::Processing => {
                "The bank could not process the payment. Nothing was charged. Please try again, or use another card."
            }
            Decline::Other => {
                "The bank declined the card. Nothing was charged. Please use another card, or ask your bank."
            }
        },
        Refusal::TooMany => {
            "Too many of your orders are in progress, or came in a short time. Nothing was charged. Please wait a little and order again."
        }
        Refusal::TooMuch => {
            "These are more units than one account may order at a time. Please lower the quantity in your basket."
        }
        Refusal::EmailNotVerified => {
            "Your email address is not verified yet. Please press the link in our email, and then order again."
        }
        Refusal::AccountDisabled => "This account cannot order. Please write to the shop.",
        Refusal::CardGone => "This card is no longer in your account. Please choose another card.",
        Refusal::TooManyCards => {
            "Your account has the largest number of cards. Please choose one of them, or delete one in your account first."
        }
        Refusal::Currencies => {
            "An order has one currency. Please order these products one currency after the other."
        }
        Refusal::NotChargeable => {
            "Such a total cannot be paid by card. Nothing was charged. Please change your basket."
        }
        Refusal::TimedOut => {
            "The order took too long, and was undone. Nothing was charged. Please order again."
        }
        Refusal::Lost => {
            "The order was lost by a fault of ours. If you were charged, the money goes back to your card. Please order again."
        }
        Refusal::Cancelled => {
            "This form placed an order before, and that was cancelled. You are not charged for it. If you still want it, please order again."
        }
        Refusal::KeyUsed(_) => {
            "This form placed another order before, so it placed none now. Please check the order below, and press the button once more."
        }
        Refusal::Other => "Nothing was charged. Please check the order below, and try again.",
    }
}

const fn german(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::PriceChanged => {
            "Ein Preis hat sich inzwischen geändert. Es wurde nichts abgebucht. Bitte sehen Sie sich die neue Summe an, und bestellen Sie, wenn sie Ihnen passt."
        }
        Refusal::SoldOut(_) => {
            "Es ist nicht genug von dem da, was Sie bestellt haben. Es wurde nichts abgebucht. Bitte verringern Sie die Menge im Warenkorb."
        }
        Refusal::Gone(_) => {
            "Ein Produkt wird nicht mehr verkauft. Es wurde nichts abgebucht. Bitte nehmen Sie es aus dem Warenkorb."
        }
        Refusal::Declined(decline) => match decline {
            Decline::InsufficientFunds => {
                "Auf der Karte ist dafür nicht genug Geld. Es wurde nichts abgebucht. Bitte nehmen Sie eine andere Karte."
            }
            Decline::Expired => {
                "Die Karte ist abgelaufen. Es wurde nichts abgebucht. Bitte nehmen Sie eine andere Karte."
            }
            Decline::Cvc => {
                "Die Prüfnummer der Karte ist falsch. Es wurde nichts abgebucht. Bitte geben Sie die Karte noch einmal ein."
            }
            Decline::Processing => {
                "Die Bank konnte die Zahlung nicht buchen. Es wurde nichts abgebucht. Bitte versuchen Sie es noch einmal, oder nehmen Sie eine andere Karte."
            }
            Decline::Other => {
                "Die Bank hat die Karte abgelehnt. Es wurde nichts abgebucht. Bitte nehmen Sie eine andere Karte, oder fragen Sie Ihre Bank."
            }
        },
        Refusal::TooMany => {
            "Zu viele Ihrer Bestellungen sind in Arbeit, oder sie kamen zu schnell hintereinander. Es wurde nichts abgebucht. Bitte warten Sie ein wenig, und bestellen Sie dann noch einmal."
        }
        Refusal::TooMuch => {
            "Das ist mehr, als ein Konto auf einmal bestellen kann. Bitte verringern Sie die Menge im Warenkorb."
        }
        Refusal::EmailNotVerified => {
            "Ihre E-Mail-Adresse ist noch nicht bestätigt. Bitte drücken Sie den Link in unserer Mail, und bestellen Sie dann noch einmal."
        }
        Refusal::AccountDisabled => {
            "Mit diesem Konto kann nicht bestellt werden. Bitte schreiben Sie dem Shop."
        }
        Refusal::CardGone => "Diese Karte ist nicht mehr in Ihrem Konto. Bitte wählen Sie eine andere.",
        Refusal::TooManyCards => {
            "Ihr Konto hat schon die größte Zahl von Karten. Bitte wählen Sie eine davon, oder löschen Sie zuerst eine in Ihrem Konto."
        }
        Refusal::Currencies => {
            "Eine Bestellung hat eine Währung. Bitte bestellen Sie die Produkte nach Währung getrennt."
        }
        Refusal::NotChargeable => {
            "Eine solche Summe kann nicht mit der Karte bezahlt werden. Es wurde nichts abgebucht. Bitte ändern Sie den Warenkorb."
        }
        Refusal::TimedOut => {
            "Die Bestellung hat zu lange gedauert und wurde storniert. Es wurde nichts abgebucht. Bitte bestellen Sie noch einmal."
        }
        Refusal::Lost => {
            "Die Bestellung ging durch einen Fehler bei uns verloren. Falls Sie belastet wurden, geht das Geld auf Ihre Karte zurück. Bitte bestellen Sie noch einmal."
        }
        Refusal::Cancelled => {
            "Mit diesem Formular wurde schon eine Bestellung aufgegeben und dann storniert. Sie bezahlen sie nicht. Wenn Sie sie noch möchten, bestellen Sie bitte noch einmal."
        }
        Refusal::KeyUsed(_) => {
            "Mit diesem Formular wurde schon eine andere Bestellung aufgegeben, darum jetzt keine. Bitte prüfen Sie die Bestellung unten, und drücken Sie den Knopf noch einmal."
        }
        Refusal::Other => {
            "Es wurde nichts abgebucht. Bitte prüfen Sie die Bestellung unten, und versuchen Sie es noch einmal."
        }
    }
}
