//! The page for a person who has chosen a new password in a browser.

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use estore_contract::{Code, verification::Locale};
use estore_server::{
    Problem,
    page::{Page, locale},
};

use crate::Error;

/// Returns the page. A problem that the submitted form did not cause is returned as it is.
pub(crate) fn answer(
    request: &HeaderMap,
    shop: &str,
    outcome: Result<(), Error>,
) -> Result<Response, Problem> {
    let locale = locale(request);
    let (status, [title, message]) = match outcome {
        Ok(()) => (StatusCode::OK, changed(locale)),
        Err(Error::Invalid(_)) => (StatusCode::UNPROCESSABLE_ENTITY, refused(locale)),
        Err(Error::MailToken(code)) => {
            let status = if code == Code::TokenUnknown { StatusCode::NOT_FOUND } else { StatusCode::GONE };
            (status, dead(locale))
        }
        Err(other) => return Err(other.into()),
    };
    Ok(Page { status, locale, shop, title, message, form: None }.into_response())
}

const fn changed(locale: Locale) -> [&'static str; 2] {
    match locale {
        Locale::En => ["Done", "Your password is changed. You can log in with it now."],
        Locale::De => ["Erledigt", "Ihr Passwort ist geändert. Sie können sich jetzt damit anmelden."],
    }
}

const fn refused(locale: Locale) -> [&'static str; 2] {
    match locale {
        Locale::En => [
            "Not this one",
            "A password has 8 to 128 characters and is not one of the commonest. Go back and choose another one.",
        ],
        Locale::De => [
            "Dieses nicht",
            "Ein Passwort hat 8 bis 128 Zeichen und ist keines der häufigsten. Gehen Sie zurück und wählen Sie ein anderes.",
        ],
    }
}

const fn dead(locale: Locale) -> [&'static str; 2] {
    match locale {
        Locale::En => [
            "That did not work",
            "This link was used, has expired, is not one of ours, or the password was changed since. Nothing was changed. Ask for a new email.",
        ],
        Locale::De => [
            "Das hat nicht geklappt",
            "Dieser Link wurde benutzt, ist zu alt, nicht von uns, oder das Passwort wurde inzwischen geändert. Es wurde nichts geändert. Fordern Sie eine neue Mail an.",
        ],
    }
}
