//! Reading a body: bounded in size and in time.

use std::{error::Error, time::Duration};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
};
use bytes::Bytes;
use estore_contract::Code;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::Problem;

/// How large a body may be, in bytes: 256 KiB.
pub const BODY_LIMIT: usize = 256 * 1024;

/// How long a body may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The most that is read of a body that is refused as too large, in bytes, and the longest time.
const DRAIN: usize = 1024 * 1024;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// The whole body of a request, as [`read_body`] reads it. More is read of a body that is too large: if a connection is closed while
/// its client still sends, the client may never see the answer (RFC 9112, section 9.6).
pub(super) async fn read_request(request: Request, limit: usize) -> Result<Vec<u8>, Problem> {
    // Such a client sends nothing before it is told to.
    let waits = request.headers().contains_key(header::EXPECT);
    let mut body = request.into_body();
    let read = read(&mut body, limit).await;
    if !waits && matches!(&read, Err(problem) if problem.code() == Code::PayloadTooLarge) {
        drain(&mut body).await;
    }
    read
}

/// The whole body: 413 above `limit` bytes, before they come if their number was said; 408 after [`BODY_TIMEOUT`]; 400 if the
/// connection breaks. A body that is not read whole ends its connection.
pub async fn read_body(mut body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    read(&mut body, limit).await
}

async fn read(body: &mut Body, limit: usize) -> Result<Vec<u8>, Problem> {
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

/// Reads some of a refused body and drops it.
async fn drain(body: &mut Body) {
    let rest = async {
        let mut left = DRAIN;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            if length >= left {
                break;
            }
            left -= length;
        }
    };
    let _late = timeout(DRAIN_TIMEOUT, rest).await;
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
