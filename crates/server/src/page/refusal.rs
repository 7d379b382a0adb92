//! The pages that show an error to a person instead of an error body.

use axum::response::{IntoResponse, Response};
use estore_contract::{Code, verification::Locale};
use http::StatusCode;

use super::Page;
use crate::Problem;

/// Returns the page that explains `problem`.
pub(crate) fn refusal(problem: &Problem, locale: Locale, shop: &str) -> Response {
    let [title, message] = match locale {
        Locale::En => english(problem),
        Locale::De => german(problem),
    };
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
