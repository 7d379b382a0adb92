//! The page in place of one that cannot be shown.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{Frame, go_to, show_with};
use crate::{
    Error,
    api::ApiError,
    session::{Cookie, Flash},
    texts,
    web::Visitor,
};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Frame,
    message: &'static str,
    is_retried: bool,
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
    let is_retried =
        matches!(error, Error::SessionWaits | Error::Api(ApiError::Away(_)) | Error::Template(_));
    let page = ErrorPage { page: Frame::new(visitor, title), message, is_retried };
    show_with(status(error), visitor, &page)
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
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
        Error::LoginNeeded => StatusCode::UNAUTHORIZED,
        Error::SessionWaits | Error::Api(ApiError::Away(_)) => StatusCode::SERVICE_UNAVAILABLE,
        Error::OtherSite => StatusCode::FORBIDDEN,
        Error::FormExpired | Error::BadForm => StatusCode::BAD_REQUEST,
        Error::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Api(ApiError::Answered(body)) => {
            StatusCode::from_u16(body.status_code).unwrap_or(StatusCode::BAD_GATEWAY)
        }
        Error::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
