//! The page behind the link in an email.

mod texts;

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use estore_contract::verification::{LinkOutcome, Locale, Purpose};
use estore_server::page::{Page, PageForm, locale};

use crate::{Error, app::App};

/// The message of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageKind {
    /// Press the button to verify the address.
    Ask,
    /// Press the button to move the account to this address.
    AskMove,
    /// Press the button to stop a move.
    AskStop,
    /// Press the button to move the account back.
    AskRevert,
    /// Choose a new password.
    Choose,
    /// The address is verified.
    Verified,
    /// The account has this address now.
    Moved,
    /// The account does not move.
    Stopped,
    /// The account has this address again.
    Reverted,
    /// The press is recorded, and takes effect soon.
    Accepted,
    /// The link works, but another change came first.
    Superseded,
    /// The link was used before.
    Used,
    /// The link has expired.
    Expired,
    /// The token was never sent.
    Unknown,
}

impl PageKind {
    /// Returns the message for a token that works, or `None` if its purpose has no page.
    pub(crate) const fn of_token(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::Email => Some(Self::Ask),
            Purpose::EmailChange => Some(Self::AskMove),
            Purpose::EmailChangeAsked => Some(Self::AskStop),
            Purpose::EmailChanged => Some(Self::AskRevert),
            Purpose::PasswordReset => Some(Self::Choose),
            _ => None,
        }
    }

    /// Returns the message for a press. `None` means that the User Service has not answered yet.
    pub(crate) const fn of_outcome(outcome: Option<LinkOutcome>) -> Self {
        match outcome {
            None => Self::Accepted,
            Some(LinkOutcome::Verified) => Self::Verified,
            Some(LinkOutcome::Moved) => Self::Moved,
            Some(LinkOutcome::Stopped) => Self::Stopped,
            Some(LinkOutcome::Reverted) => Self::Reverted,
            Some(LinkOutcome::PasswordReset) => Self::Used,
            Some(LinkOutcome::Superseded) => Self::Superseded,
        }
    }

    /// Returns the message for an error, or `None` if the token did not cause it.
    pub(crate) const fn of(error: &Error) -> Option<Self> {
        match error {
            Error::TokenUsed => Some(Self::Used),
            Error::Superseded => Some(Self::Superseded),
            Error::TokenExpired => Some(Self::Expired),
            Error::TokenUnknown => Some(Self::Unknown),
            _ => None,
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::Used | Self::Superseded | Self::Expired => StatusCode::GONE,
            Self::Unknown => StatusCode::NOT_FOUND,
            _ => StatusCode::OK,
        }
    }
}

/// Returns the page in the language that the browser requests.
pub(crate) fn answer(kind: PageKind, request: &HeaderMap, app: &App, token: &str) -> Response {
    let locale = locale(request);
    let [title, message, button] = texts::texts(kind, locale);
    let new_password = match locale {
        Locale::En => "New password (8 characters or more)",
        Locale::De => "Neues Passwort (mindestens 8 Zeichen)",
    };
    let form = match kind {
        PageKind::Ask | PageKind::AskMove | PageKind::AskStop | PageKind::AskRevert => {
            Some(PageForm { action: "verify", token, button, new_password: None })
        }
        // The form goes to the User Service, because this service does not handle passwords.
        PageKind::Choose => {
            let action = app.reset_url.as_str();
            Some(PageForm { action, token, button, new_password: Some(new_password) })
        }
        _ => None,
    };
    Page { status: kind.status(), locale, shop: &app.shop, title, message, form }.into_response()
}
