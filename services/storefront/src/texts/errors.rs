//! The words for requests that get another page than the one that they asked for.

use estore_contract::verification::Locale;

use super::away;
use crate::{Error, api::ApiError};

/// Returns the title and the message of an error's page.
pub(crate) fn explain(error: &Error, locale: Locale) -> [&'static str; 2] {
    match locale {
        Locale::En => english(error),
        Locale::De => german(error),
    }
}

fn english(error: &Error) -> [&'static str; 2] {
    match error {
        Error::NotFound => ["There is no such page", "The address may be incomplete, or the page is gone."],
        Error::MethodNotAllowed => ["That does not work here", "Please go back and open the page again."],
        // The error page leads to the login instead.
        Error::LoginNeeded => ["Please log in", "This page is for customers who are logged in."],
        Error::SessionWaits => ["One moment", away(crate::api::Service::User, Locale::En)],
        Error::OtherSite => {
            ["That did not come from us", "The form was sent by another site. Nothing was done."]
        }
        Error::FormExpired => [
            "This form has expired",
            "Nothing was done. Please go back, reload the page, and send the form again. Cookies must be allowed.",
        ],
        Error::BadForm | Error::NoForm => {
            ["We could not read that", "Nothing was done. Please go back and send the form again."]
        }
        Error::FormTooLong => ["This form is too long", "Nothing was done. Please go back and write less."],
        Error::FileTooLarge => {
            ["This file is too large", "Nothing was done. Please go back and choose a smaller one."]
        }
        Error::Api(ApiError::Away(service)) => ["That does not work right now", away(*service, Locale::En)],
        Error::Api(error @ ApiError::Answered(_)) if error.is_unknown() => {
            ["One moment, please", "We do not know whether that was done. Please look before you repeat it."]
        }
        Error::Api(ApiError::Answered(body)) => match body.status_code {
            403 => ["You may not do that", "This account lacks the permission."],
            404 => ["There is no such page", "The address may be incomplete, or the page is gone."],
            409 | 412 => {
                ["Something has changed meanwhile", "Nothing was done. Please look again and repeat it."]
            }
            429 => [
                "A little slower, please",
                "Too many requests at once. Nothing was done. Please wait a moment.",
            ],
            _ => ["That did not work", "Please check what you wrote, and try again."],
        },
        Error::Template(_) => ["Something went wrong on our side", "We have noted it. Please try again."],
    }
}

fn german(error: &Error) -> [&'static str; 2] {
    match error {
        Error::NotFound => {
            ["Diese Seite gibt es nicht", "Die Adresse ist vielleicht unvollständig, oder die Seite ist weg."]
        }
        Error::MethodNotAllowed => {
            ["Das geht hier nicht", "Bitte gehen Sie zurück und öffnen Sie die Seite noch einmal."]
        }
        Error::LoginNeeded => ["Bitte melden Sie sich an", "Diese Seite ist für angemeldete Kunden."],
        Error::SessionWaits => ["Einen Moment", away(crate::api::Service::User, Locale::De)],
        Error::OtherSite => {
            ["Das kam nicht von uns", "Das Formular kam von einer anderen Seite. Es wurde nichts getan."]
        }
        Error::FormExpired => [
            "Dieses Formular ist abgelaufen",
            "Es wurde nichts getan. Bitte gehen Sie zurück, laden Sie die Seite neu und senden Sie das Formular noch einmal. Cookies müssen erlaubt sein.",
        ],
        Error::BadForm | Error::NoForm => [
            "Das konnten wir nicht lesen",
            "Es wurde nichts getan. Bitte gehen Sie zurück und senden Sie das Formular noch einmal.",
        ],
        Error::FormTooLong => [
            "Dieses Formular ist zu lang",
            "Es wurde nichts getan. Bitte gehen Sie zurück und schreiben Sie weniger.",
        ],
        Error::FileTooLarge => [
            "Diese Datei ist zu groß",
            "Es wurde nichts getan. Bitte gehen Sie zurück und wählen Sie eine kleinere.",
        ],
        Error::Api(ApiError::Away(service)) => ["Das geht gerade nicht", away(*service, Locale::De)],
        Error::Api(error @ ApiError::Answered(_)) if error.is_unknown() => [
            "Einen Moment bitte",
            "Wir wissen nicht, ob das getan wurde. Bitte sehen Sie nach, bevor Sie es wiederholen.",
        ],
        Error::Api(ApiError::Answered(body)) => match body.status_code {
            403 => ["Das dürfen Sie nicht", "Diesem Konto fehlt die Berechtigung."],
            404 => [
                "Diese Seite gibt es nicht",
                "Die Adresse ist vielleicht unvollständig, oder die Seite ist weg.",
            ],
            409 | 412 => [
                "Inzwischen hat sich etwas geändert",
                "Es wurde nichts getan. Bitte sehen Sie noch einmal nach und wiederholen Sie es.",
            ],
            429 => [
                "Bitte etwas langsamer",
                "Zu viele Anfragen auf einmal. Es wurde nichts getan. Bitte warten Sie einen Moment.",
            ],
            _ => {
                ["Das hat nicht geklappt", "Bitte prüfen Sie Ihre Eingaben und versuchen Sie es noch einmal."]
            }
        },
        Error::Template(_) => {
            ["Bei uns ging etwas schief", "Wir haben es notiert. Bitte versuchen Sie es noch einmal."]
        }
    }
}
