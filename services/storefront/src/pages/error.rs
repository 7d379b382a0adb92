//! The page in place of one that cannot be shown.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{Frame, Tone, go_to, show_with};
use crate::{
    Error,
    api::ApiError,
    session::{Cookie, Flash},
    texts,
    web::{SentForm, Visitor},
};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: Frame,
    message: &'static str,
    is_retried: bool,
    /// The form of the request, if the page sends it again.
    form: Option<&'a SentForm>,
}

/// Shows an error, or leads to the login if that is what the page needs.
pub(crate) fn error(visitor: &Visitor, error: &Error) -> Response {
    match error {
        Error::LoginNeeded => return login(visitor),
        // The visitor is logged in, and has no token until the User Service answers.
        Error::Api(ApiError::Answered(body)) if body.status_code == 401 && visitor.is_waiting => {
            return self::error(visitor, &Error::SessionWaits);
        }
        Error::Api(ApiError::Answered(body)) if body.status_code == 401 => {
            if visitor.session.is_some() {
                visitor.jar.remove(Cookie::Session);
                Flash::SessionEnded.keep(&visitor.jar);
            }
            return login(visitor);
        }
        Error::Template(reason) => {
            tracing::error!(%reason, "page was not made; the visitor gets an error page");
        }
        _ => {}
    }
    let [title, message] = texts::explain(error, visitor.locale);
    let form = visitor.form.get().filter(|_| is_unanswered(error));
    let is_retried = form.is_none() && (is_unanswered(error) || matches!(error, Error::Template(_)));
    let mut page = Frame::new(visitor, title);
    if form.is_some() {
        let t = &page.t.common;
        // The handler of a session that waits did not run.
        let is_undone = matches!(error, Error::SessionWaits);
        page.notice(Tone::Bad, if is_undone { t.form_waits } else { t.form_kept });
    }
    let page = ErrorPage { page, message, is_retried, form };
    show_with(status(error), visitor, &page)
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Returns true if a service gave no answer to the request, or does not know the outcome.
fn is_unanswered(error: &Error) -> bool {
    match error {
        Error::SessionWaits => true,
        Error::Api(error) => error.is_unknown(),
        _ => false,
    }
}

/// Leads to the login, which leads back.
fn login(visitor: &Visitor) -> Response {
    let back: String = form_urlencoded::byte_serialize(visitor.back.as_str().as_bytes()).collect();
    go_to(&format!("/login?next={back}"))
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        // `error` leads these to the login.
        Error::LoginNeeded => StatusCode::UNAUTHORIZED,
        Error::SessionWaits | Error::Api(ApiError::Away(_)) => StatusCode::SERVICE_UNAVAILABLE,
        Error::OtherSite => StatusCode::FORBIDDEN,
        Error::FormExpired | Error::BadForm => StatusCode::BAD_REQUEST,
        Error::NoForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::FormTooLong | Error::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Api(ApiError::Answered(body)) => {
            StatusCode::from_u16(body.status_code).unwrap_or(StatusCode::BAD_GATEWAY)
        }
        Error::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
