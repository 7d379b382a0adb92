//! Reads request bodies, bounded in size and time.

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

use crate::{Problem, http::LONGEST};

/// The maximum size of a body, in bytes: 256 KiB.
pub const BODY_LIMIT: usize = 256 * 1024;

/// The time in which a body must arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The time in which a body with a limit above [`BODY_LIMIT`] must arrive: 25 s. It ends before the
/// time of its handler does, so that a slow client gets 408 instead of 503.
const FILE_TIMEOUT: Duration = LONGEST.saturating_sub(Duration::from_secs(5));

/// The maximum that is read of a body rejected as too large, in bytes and in time. A file may take
/// as many bytes as its limit.
const DRAIN: usize = 1024 * 1024;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// Reads the whole body of a request, as [`read_body`] does. Also drains some of a body that is too
/// large. If the server closed the connection while its client still sends, the client might never
/// see the answer (RFC 9112, section 9.6).
pub(super) async fn read_request(request: Request, limit: usize) -> Result<Vec<u8>, Problem> {
    // Such a client sends no body before it gets 100 Continue.
    let waits = request.headers().contains_key(header::EXPECT);
    let mut body = request.into_body();
    let read = read(&mut body, limit).await;
    if !waits && matches!(&read, Err(problem) if problem.code() == Code::PayloadTooLarge) {
        drain(&mut body, DRAIN.max(limit)).await;
    }
    read
}

/// Reads a body that is a file of at most `limit` bytes, in a buffer that grows as they arrive.
/// Returns 415 for a content coding, and otherwise the errors of [`read_body`].
pub async fn read_file(request: Request, limit: usize) -> Result<Vec<u8>, Problem> {
    refuse_coding(request.headers())?;
    read_request(request, limit).await
}

/// Reads the whole body. Returns 413 above `limit` bytes, before any arrive if the length was
/// announced. Returns 408 if it takes too long, and 400 if the connection breaks. A body that is
/// not read in full ends its connection.
pub async fn read_body(mut body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    read(&mut body, limit).await
}

async fn read(body: &mut Body, limit: usize) -> Result<Vec<u8>, Problem> {
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(too_large(limit));
    }
    let within = if limit > BODY_LIMIT { FILE_TIMEOUT } else { BODY_TIMEOUT };
    match timeout(within, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes().into()),
        Ok(Err(error)) if is_too_large(error.as_ref()) => Err(too_large(limit)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "request body ended early; request rejected");
            Err(Problem::new(Code::BadRequest, "The body ended before it was complete."))
        }
        Err(_elapsed) => {
            Err(Problem::new(Code::RequestTimeout, "The body did not arrive in time.").closing())
        }
    }
}

/// Reads some of a rejected body and drops it.
async fn drain(body: &mut Body, mut left: usize) {
    let rest = async {
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

/// Returns 415 for a body in a content coding, because its decoded size is not known in advance.
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
    Problem::new(Code::PayloadTooLarge, format!("The body is larger than {limit} bytes.")).closing()
}

fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_too_large)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::stream::pending;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn slow_body_is_refused_while_its_handler_runs() {
        for limit in [BODY_LIMIT, BODY_LIMIT + 1, 5 << 20] {
            let body = Body::from_stream(pending::<Result<Bytes, Infallible>>());
            let read = timeout(LONGEST, read_body(body, limit)).await.unwrap();
            assert_eq!(read.unwrap_err().code(), Code::RequestTimeout, "{limit}");
        }
    }
}
