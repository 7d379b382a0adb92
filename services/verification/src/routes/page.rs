//! The page behind the link in a mail.

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use estore_contract::verification::{LinkOutcome, Locale, Purpose};
use estore_kit::page::{Page, PageForm, locale};

use super::words::words;
use crate::{Error, app::App};

/// What a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Press the button to verify the address.
    Ask,
    /// Press the button to move the account here.
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
    /// It will be done.
    Accepted,
    /// The link works, but something else came first.
    Superseded,
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
            Purpose::EmailChange => Some(Self::AskMove),
            Purpose::EmailChangeAsked => Some(Self::AskStop),
            Purpose::EmailChanged => Some(Self::AskRevert),
            Purpose::PasswordReset => Some(Self::Choose),
            _ => None,
        }
    }

    /// What a page says of a press; `None` is one that the User Service has not answered yet.
    pub(super) const fn of_outcome(outcome: Option<LinkOutcome>) -> Self {
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

    /// What a page says of a refusal; `None` where it is no matter of the token.
    pub(super) const fn of(error: &Error) -> Option<Self> {
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

/// The page, in the language that the browser asks for.
pub(super) fn answer(says: Says, request: &HeaderMap, app: &App, token: &str) -> Response {
    let locale = locale(request);
    let [title, message, button] = words(says, locale);
    let new_password = match locale {
        Locale::En => "New password (8 characters or more)",
        Locale::De => "Neues Passwort (mindestens 8 Zeichen)",
    };
    let form = match says {
        Says::Ask | Says::AskMove | Says::AskStop | Says::AskRevert => {
            Some(PageForm { action: "verify", token, button, new_password: None })
        }
        // The User Service knows passwords; we do not.
        Says::Choose => {
            let action = app.reset_url.as_str();
            Some(PageForm { action, token, button, new_password: Some(new_password) })
        }
        _ => None,
    };
    Page { status: says.status(), locale, shop: &app.shop, title, message, form }.into_response()
}
