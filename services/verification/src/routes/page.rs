//! What the page behind the link in a mail says.

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use estore_contract::verification::{Locale, Purpose};
use estore_kit::page::{Page, PageForm, locale};

use crate::{Error, app::App};

/// What a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Press the button.
    Ask,
    /// Choose a new password.
    Choose,
    /// Done.
    Verified,
    /// It was done before.
    Used,
    /// Too late.
    Expired,
    /// Never heard of it.
    Unknown,
}

impl Says {
    /// What a page says of a token that works; `None` where its purpose has no page.
    pub(super) const fn of_token(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::Email => Some(Self::Ask),
            Purpose::PasswordReset => Some(Self::Choose),
            _ => None,
        }
    }

    /// What a page says of a refusal; `None` where it is no matter of the token.
    pub(super) fn of(error: &Error) -> Option<Self> {
        match error {
            Error::TokenUsed => Some(Self::Used),
            Error::TokenExpired => Some(Self::Expired),
            Error::TokenUnknown => Some(Self::Unknown),
            _ => None,
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Ask | Self::Choose | Self::Verified => StatusCode::OK,
            Self::Used | Self::Expired => StatusCode::GONE,
            Self::Unknown => StatusCode::NOT_FOUND,
        }
    }

    fn words(self, locale: Locale) -> [&'static str; 3] {
        match (self, locale) {
            (Self::Ask, Locale::En) => {
                ["One more step", "Press the button to verify your e-mail address.", "Verify my address"]
            }
            (Self::Ask, Locale::De) => [
                "Nur noch ein Schritt",
                "Drücken Sie den Knopf, um Ihre E-Mail-Adresse zu bestätigen.",
                "Adresse bestätigen",
            ],
            (Self::Choose, Locale::En) => {
                ["Almost there", "Choose a new password for your account.", "Change my password"]
            }
            (Self::Choose, Locale::De) => {
                ["Fast geschafft", "Wählen Sie ein neues Passwort für Ihr Konto.", "Passwort ändern"]
            }
            (Self::Verified, Locale::En) => {
                ["Thank you!", "Your address is verified. You can log in and order now.", ""]
            }
            (Self::Verified, Locale::De) => {
                ["Danke!", "Ihre Adresse ist bestätigt. Sie können sich jetzt anmelden und bestellen.", ""]
            }
            (Self::Used, Locale::En) => ["Already done", "This link was used already. You can log in.", ""],
            (Self::Used, Locale::De) => {
                ["Schon erledigt", "Dieser Link wurde schon benutzt. Sie können sich anmelden.", ""]
            }
            (Self::Expired, Locale::En) => ["Too late", "This link has expired. Ask for a new mail.", ""],
            (Self::Expired, Locale::De) => {
                ["Zu spät", "Dieser Link ist abgelaufen. Fordern Sie eine neue Mail an.", ""]
            }
            (Self::Unknown, Locale::En) => [
                "That did not work",
                "This link is not one of ours. Please copy it whole from your mail.",
                "",
            ],
            (Self::Unknown, Locale::De) => [
                "Das hat nicht geklappt",
                "Diesen Link kennen wir nicht. Bitte kopieren Sie ihn ganz aus Ihrer Mail.",
                "",
            ],
        }
    }
}

/// The page, in the language that the browser asks for.
pub(super) fn answer(says: Says, request: &HeaderMap, app: &App, token: &str) -> Response {
    let locale = locale(request);
    let [title, message, button] = says.words(locale);
    let new_password = match locale {
        Locale::En => "New password (8 characters or more)",
        Locale::De => "Neues Passwort (mindestens 8 Zeichen)",
    };
    let form = match says {
        Says::Ask => Some(PageForm { action: "verify", token, button, new_password: None }),
        // The User Service knows passwords; we do not.
        Says::Choose => {
            let action = app.reset_url.as_str();
            Some(PageForm { action, token, button, new_password: Some(new_password) })
        }
        _ => None,
    };
    Page { status: says.status(), locale, shop: &app.shop, title, message, form }.into_response()
}
