//! Calls the Kubernetes API: retries transient failures, and reports refusals clearly.

use std::{future::Future, time::Duration};

use estore_base::{fail_point, random};
use kube::core::Status;
use tokio::time::{Instant, sleep, timeout};

/// The time for which a call is retried.
const PATIENCE: Duration = Duration::from_mins(2);
/// The time limit of one try.
const TRY: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The reason why a call failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiFailure {
    /// A conflict: the object exists, or has changed since it was read.
    #[error("the object was changed by another client: {0}")]
    Conflict(String),
    /// RBAC denies this to the service account.
    #[error("a permission is missing: {0}")]
    Forbidden(String),
    /// The token is invalid.
    #[error("the Kubernetes API rejects this service account: {0}")]
    Unknown(String),
    /// The namespace, or the kind, does not exist.
    #[error("the namespace or kind does not exist: {0}")]
    Absent(String),
    /// The object is not valid, or there is no configuration to find the API with.
    #[error("the Kubernetes API refuses this: {0}")]
    Refused(String),
    /// A later try may succeed.
    #[error("the Kubernetes API does not answer: {0}")]
    Away(String),
}

impl ApiFailure {
    /// Returns whether a retry would fail in the same way.
    pub(crate) fn is_final(&self) -> bool {
        !matches!(self, Self::Away(_) | Self::Conflict(_))
    }

    fn of(status: &Status) -> Self {
        let message = if status.message.is_empty() { status.reason.clone() } else { status.message.clone() };
        match status.code {
            409 => Self::Conflict(message),
            401 => Self::Unknown(message),
            // A namespace that is being deleted refuses with 403, and is gone soon.
            403 => Self::Forbidden(message),
            404 => Self::Absent(message),
            400..=499 if !matches!(status.code, 408 | 429) => Self::Refused(message),
            _ => Self::Away(format!("{} {message}", status.code)),
        }
    }
}

impl From<kube::Error> for ApiFailure {
    fn from(error: kube::Error) -> Self {
        use std::error::Error;
        // The message of kube does not include the underlying causes.
        let mut line = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            let cause_line = cause.to_string();
            if !line.contains(&cause_line) {
                line = format!("{line}: {cause_line}");
            }
            next = cause.source();
        }
        match error {
            kube::Error::Api(status) => Self::of(&status),
            kube::Error::InferConfig(_)
            | kube::Error::InferKubeconfig(_)
            | kube::Error::BuildRequest(_)
            | kube::Error::RustlsTls(_)
            | kube::Error::Auth(_) => Self::Refused(line),
            _ => Self::Away(line),
        }
    }
}

/// Makes `call`, with retries while that may help, for two minutes at most. The outcome of an
/// unanswered try is unknown, so `call` must be safe to repeat.
pub(crate) async fn ask<T, F, R>(call: F) -> Result<T, ApiFailure>
where
    F: Fn() -> R,
    R: Future<Output = Result<T, kube::Error>>,
{
    let deadline = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(100);
    loop {
        fail_point!("bootstrap.api.before");
        let answer = match timeout(TRY, call()).await {
            Ok(answer) => answer.map_err(ApiFailure::from),
            Err(_elapsed) => Err(ApiFailure::Away("no answer in time".to_owned())),
        };
        fail_point!("bootstrap.api.after");
        match answer {
            Err(ApiFailure::Away(reason)) if Instant::now() + pause < deadline => {
                tracing::debug!(reason, "Kubernetes API request failed; retrying");
                sleep(pause.mul_f64(0.5 + random::fraction() / 2.0)).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            answer => return answer,
        }
    }
}
