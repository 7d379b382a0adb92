//! Reading a body: bounded in size and in time.

use std::{error::Error, time::Duration};

use axum::body::{Body, HttpBody};
use estore_contract::Code;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::Problem;

/// How large a body may be, in bytes: 256 KiB.
pub const BODY_LIMIT: usize = 256 * 1024;

/// How long a body may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The whole body: 413 above `limit` bytes, before they come where their number was said; 408 after [`BODY_TIMEOUT`]; 400 where the
/// connection breaks. What is not read whole ends its connection.
pub async fn read_body(body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(too_large(limit));
    }
    match timeout(BODY_TIMEOUT, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes().into()),
        Ok(Err(error)) if is_too_large(error.as_ref()) => Err(too_large(limit)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a body broke off");
            Err(Problem::new(Code::BadRequest, "The body broke off."))
        }
        Err(_elapsed) => Err(closing(Problem::new(Code::RequestTimeout, "The body did not arrive in time."))),
    }
}

/// 415 for a body in a content coding: what it would unpack to is not known before.
pub(super) fn refuse_coding(headers: &HeaderMap) -> Result<(), Problem> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    if codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    let plain = HeaderValue::from_static("identity");
    let problem = Problem::new(Code::UnsupportedMediaType, "Send the body without a Content-Encoding.");
    Err(problem.header(header::ACCEPT_ENCODING, plain))
}

fn too_large(limit: usize) -> Problem {
    closing(Problem::new(Code::PayloadTooLarge, format!("The body is larger than {limit} bytes.")))
}

fn closing(problem: Problem) -> Problem {
    problem.header(header::CONNECTION, HeaderValue::from_static("close"))
}

fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_too_large)
}
