//! The pages that show an error to a person instead of an error body.

use axum::response::{IntoResponse, Response};
use estore_contract::{Code, verification::Locale};
use http::StatusCode;

use super::Page;
use crate::Problem;

/// The program whose pages a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Pages behind the links in emails.
    Links,
    /// Pages of a whole site.
    Site,
}

/// Returns the page that explains `problem`.
pub(crate) fn refusal(problem: &Problem, locale: Locale, shop: &str, reading: Reading) -> Response {
    let of_site = (reading == Reading::Site).then(|| site(problem, locale)).flatten();
    let [title, message] = of_site.unwrap_or_else(|| match locale {
        Locale::En => english(problem),
        Locale::De => german(problem),
    });
    Page { status: problem.status(), locale, shop, title, message, form: None }.into_response()
}

/// Returns the page of an address that has moved.
pub(crate) fn moved(locale: Locale, shop: &str) -> Response {
    let [title, message] = match locale {
        Locale::En => ["This way", "This page has another address."],
        Locale::De => ["Hier entlang", "Diese Seite hat eine andere Adresse."],
    };
    Page { status: StatusCode::PERMANENT_REDIRECT, locale, shop, title, message, form: None }.into_response()
}

/// Returns the words for a page of a site, or `None` if those for links fit. Its visitor has
/// followed no link in an email.
fn site(problem: &Problem, locale: Locale) -> Option<[&'static str; 2]> {
    let words = match (problem.status().as_u16(), locale) {
        (404, Locale::En) => ["There is no such page", "The address may be incomplete, or the page is gone."],
        (404, Locale::De) => {
            ["Diese Seite gibt es nicht", "Die Adresse ist vielleicht unvollständig, oder die Seite ist weg."]
        }
        (429 | 500.., _) => return None,
        (_, Locale::En) => ["That did not work", "Please go back and open the page again."],
        (_, Locale::De) => {
            ["Das hat nicht geklappt", "Bitte gehen Sie zurück und öffnen Sie die Seite noch einmal."]
        }
    };
    Some(words)
}

fn english(problem: &Problem) -> [&'static str; 2] {
    match (problem.code(), problem.status().as_u16()) {
        (Code::AccountDisabled, _) => {
            ["That did not work", "This account is disabled. Please write to the shop."]
        }
        (_, 404) => [
            "There is no such page",
            "If you followed a link in an email, please copy the whole link from the email.",
        ],
        (_, 405) => ["That did not work", "Please open the link in your email once more."],
        (_, 429) => {
            ["One moment, please", "There were too many attempts. Please wait a minute and try again."]
        }
        (Code::OutcomeUnknown, _) => {
            ["One moment, please", "We do not know whether that was done. Please look before you repeat it."]
        }
        (_, 503) => [
            "One moment, please",
            "The shop is too busy at this moment, and nothing was done. Please try again.",
        ],
        (_, 500..) => ["That did not work", "Something went wrong on our side. Please try again later."],
        _ => ["That did not work", "This link is incomplete. Please open the link in your email once more."],
    }
}

fn german(problem: &Problem) -> [&'static str; 2] {
    match (problem.code(), problem.status().as_u16()) {
        (Code::AccountDisabled, _) => {
            ["Das hat nicht geklappt", "Dieses Konto ist gesperrt. Bitte schreiben Sie dem Shop."]
        }
        (_, 404) => [
            "Diese Seite gibt es nicht",
            "Wenn Sie einem Link aus einer Mail gefolgt sind, kopieren Sie ihn bitte ganz aus Ihrer Mail.",
        ],
        (_, 405) => ["Das hat nicht geklappt", "Bitte öffnen Sie den Link aus Ihrer Mail noch einmal."],
        (_, 429) => [
            "Einen Moment bitte",
            "Das waren zu viele Versuche. Bitte warten Sie eine Minute und versuchen Sie es noch einmal.",
        ],
        (Code::OutcomeUnknown, _) => [
            "Einen Moment bitte",
            "Wir wissen nicht, ob das getan wurde. Bitte sehen Sie nach, bevor Sie es wiederholen.",
        ],
        (_, 503) => [
            "Einen Moment bitte",
            "Gerade ist zu viel los, und es ist nichts geschehen. Bitte versuchen Sie es noch einmal.",
        ],
        (_, 500..) => [
            "Das hat nicht geklappt",
            "Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es später noch einmal.",
        ],
        _ => [
            "Das hat nicht geklappt",
            "Das ist nicht vollständig. Bitte öffnen Sie den Link aus Ihrer Mail noch einmal.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    async fn shown(problem: &Problem, locale: Locale, reading: Reading) -> String {
        let body = refusal(problem, locale, "Shop", reading).into_body();
        String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn page_of_unknown_outcome_claims_nothing() {
        let (unknown, busy) = (Problem::outcome_unknown("late"), Problem::unavailable("down"));
        for (locale, nothing) in [(Locale::En, "nothing was done"), (Locale::De, "nichts geschehen")] {
            for reading in [Reading::Links, Reading::Site] {
                assert!(!shown(&unknown, locale, reading).await.contains(nothing));
                assert!(shown(&busy, locale, reading).await.contains(nothing));
            }
        }
    }

    #[tokio::test]
    async fn site_speaks_of_no_emails() {
        for code in [Code::NotFound, Code::MethodNotAllowed, Code::BadRequest, Code::Unavailable] {
            let problem = Problem::new(code, "");
            assert!(!shown(&problem, Locale::En, Reading::Site).await.contains("email"), "{code:?}");
            assert!(!shown(&problem, Locale::De, Reading::Site).await.contains("Mail"), "{code:?}");
        }
    }
}
