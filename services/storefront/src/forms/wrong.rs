//! The faults in the fields of a form.

use estore_contract::verification::Locale;

use crate::api::ApiError;

/// The fault in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The field is empty.
    Missing,
    /// A line that is too long, or that has characters which no address has.
    Line,
    /// The country has postal codes.
    NoPostcode,
    Postcode,
    Country,
    Name,
    Label,
    Phone,
    Email,
    /// The new address is the old one.
    SameEmail,
    CardNumber,
    /// The check digit of the card number is wrong.
    CheckDigit,
    Expiry,
    /// The card has expired.
    Expired,
    Cvc,
    /// The password that confirms an action is wrong.
    Password,
    /// The new password breaks a rule.
    NewPassword,
    /// None of the choices is made, or one that is gone.
    Choice,
}

impl Wrong {
    /// Returns the words for the visitor.
    pub(crate) const fn text(self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.english(),
            Locale::De => self.german(),
        }
    }

    const fn english(self) -> &'static str {
        match self {
            Self::Missing => "Please fill this in.",
            Self::Line => "Please use at most 200 characters and no web address.",
            Self::NoPostcode => "Addresses in this country need a postal code.",
            Self::Postcode => "A postal code has 2 to 16 letters, digits, spaces or hyphens.",
            Self::Country => "Please choose a country from the list.",
            Self::Name => "Please use 1 to 100 characters and no web address.",
            Self::Label => "Please use at most 40 characters and no web address.",
            Self::Phone => "Please begin with + and the country code, such as +49301234567.",
            Self::Email => "Please write an email address such as ada@example.com.",
            Self::SameEmail => "This is your address already.",
            Self::CardNumber => "A card number has 12 to 19 digits.",
            Self::CheckDigit => "Please check the number: a digit is wrong.",
            Self::Expiry => "Please write month and year as on the card, such as 04/29.",
            Self::Expired => "This card has expired.",
            Self::Cvc => "The security code has 3 or 4 digits.",
            Self::Password => "This password is wrong.",
            Self::NewPassword => "Please use 8 to 128 characters, and none of the most common passwords.",
            Self::Choice => "Please choose one.",
        }
    }

    const fn german(self) -> &'static str {
        match self {
            Self::Missing => "Bitte ausfüllen.",
            Self::Line => "Bitte höchstens 200 Zeichen und keine Webadresse.",
            Self::NoPostcode => "Adressen in diesem Land brauchen eine Postleitzahl.",
            Self::Postcode => {
                "Eine Postleitzahl hat 2 bis 16 Buchstaben, Ziffern, Leerzeichen oder Bindestriche."
            }
            Self::Country => "Bitte wählen Sie ein Land aus der Liste.",
            Self::Name => "Bitte 1 bis 100 Zeichen und keine Webadresse.",
            Self::Label => "Bitte höchstens 40 Zeichen und keine Webadresse.",
            Self::Phone => "Bitte beginnen Sie mit + und der Landesvorwahl, etwa +49301234567.",
            Self::Email => "Bitte schreiben Sie eine E-Mail-Adresse wie ada@example.com.",
            Self::SameEmail => "Das ist schon Ihre Adresse.",
            Self::CardNumber => "Eine Kartennummer hat 12 bis 19 Ziffern.",
            Self::CheckDigit => "Bitte prüfen Sie die Nummer: Eine Ziffer stimmt nicht.",
            Self::Expiry => "Bitte schreiben Sie Monat und Jahr wie auf der Karte, etwa 04/29.",
            Self::Expired => "Diese Karte ist abgelaufen.",
            Self::Cvc => "Die Prüfnummer hat 3 oder 4 Ziffern.",
            Self::Password => "Dieses Passwort ist falsch.",
            Self::NewPassword => "Bitte 8 bis 128 Zeichen, und keines der häufigsten Passwörter.",
            Self::Choice => "Bitte wählen Sie eines aus.",
        }
    }
}

/// The fields of a form that are wrong, in the order of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wrongs(Vec<(&'static str, Wrong)>);

impl Wrongs {
    /// Notes that a field is wrong.
    pub(crate) fn add(&mut self, field: &'static str, wrong: Wrong) {
        self.0.push((field, wrong));
    }

    /// Reads a field, or notes that it is wrong.
    pub(crate) fn read<T>(
        &mut self,
        field: &'static str,
        text: &str,
        wrong: Wrong,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = text.trim();
        let value = if text.is_empty() { None } else { parse(text) };
        if value.is_none() {
            self.add(field, if text.is_empty() { Wrong::Missing } else { wrong });
        }
        value
    }

    /// Reads a field that may be empty. `Some(None)` is an empty field.
    pub(crate) fn read_optional<T>(
        &mut self,
        field: &'static str,
        text: &str,
        wrong: Wrong,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Option<T>> {
        if text.trim().is_empty() { Some(None) } else { self.read(field, text, wrong, parse).map(Some) }
    }

    /// Notes each field of `known` that a service rejected. Returns false if it named no such
    /// field.
    pub(crate) fn note(&mut self, error: &ApiError, known: &[(&str, &'static str, Wrong)]) -> bool {
        let before = self.0.len();
        for (theirs, ours, wrong) in known {
            if error.field(theirs).is_some() {
                self.add(ours, *wrong);
            }
        }
        self.0.len() > before
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns what is wrong with a field.
    pub(crate) fn of(&self, field: &str) -> Option<Wrong> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, wrong)| *wrong)
    }

    /// Returns the words about a field, or an empty text if it is right.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    pub(crate) fn text(&self, field: &str, locale: &Locale) -> &'static str {
        self.of(field).map_or("", |wrong| wrong.text(*locale))
    }
}
