//! One call to the Kubernetes API: what may pass is tried again, and what is refused is said plainly.

use std::{future::Future, time::Duration};

use estore_kit::{fail_point, random};
use kube::core::Status;
use tokio::time::{Instant, sleep, timeout};

/// How long a call is tried again.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long one try may take.
const TRY: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Why a call brought nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiFailure {
    /// Another was first: the object exists, or has changed since it was read.
    #[error("another was first: {0}")]
    Conflict(String),
    /// RBAC does not let this service account.
    #[error("a permission is missing: {0}")]
    Forbidden(String),
    /// The token is not good.
    #[error("the Kubernetes API does not know this service account: {0}")]
    Unknown(String),
    /// The namespace, or the kind, does not exist.
    #[error("there is no such place: {0}")]
    Absent(String),
    /// The object is not valid, or there is no configuration to find the API with.
    #[error("the Kubernetes API refuses this: {0}")]
    Refused(String),
    /// It may work later.
    #[error("the Kubernetes API does not answer: {0}")]
    Away(String),
}

impl ApiFailure {
    /// Whether trying again brings the same.
    pub(crate) fn is_final(&self) -> bool {
        !matches!(self, Self::Away(_) | Self::Conflict(_))
    }

    fn of(status: &Status) -> Self {
        let message = if status.message.is_empty() { status.reason.clone() } else { status.message.clone() };
        match status.code {
            409 => Self::Conflict(message),
            401 => Self::Unknown(message),
            // A namespace on its way out refuses with 403, and is gone soon.
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
        // kube's own message does not name the causes below it.
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

/// Makes `call`, again while that may help, for two minutes at most. Whether an unanswered try was done is not known: `call`
/// must bear being repeated.
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
                tracing::debug!(reason, "asking the Kubernetes API again");
                sleep(pause.mul_f64(0.5 + random::fraction() / 2.0)).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            answer => return answer,
        }
    }
}
