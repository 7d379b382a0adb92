//! Reading a body: bounded in size and in time.

use std::{error::Error, time::Duration};

use axum::body::Body;
use estore_contract::Code;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::Problem;

/// How large a body may be, in bytes: 256 KiB.
pub const BODY_LIMIT: usize = 256 * 1024;

/// How long a body may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The whole body: 413 above `limit` bytes, 408 after [`BODY_TIMEOUT`], 400 where the connection breaks.
pub async fn read_body(body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    match timeout(BODY_TIMEOUT, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes().into()),
        Ok(Err(error)) if is_too_large(error.as_ref()) => {
            Err(Problem::new(Code::PayloadTooLarge, format!("The body is larger than {limit} bytes.")))
        }
        Ok(Err(error)) => {
            tracing::debug!(%error, "a body broke off");
            Err(Problem::new(Code::BadRequest, "The body broke off."))
        }
        Err(_elapsed) => Err(Problem::new(Code::RequestTimeout, "The body did not arrive in time.")),
    }
}

fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_too_large)
}
