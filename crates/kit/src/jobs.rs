//! Background work: what runs beside the requests until the service stops.

use std::{fmt::Display, future::Future, pin::Pin, sync::Arc, time::Duration};

use tokio::{sync::Notify, time};
use tokio_util::sync::CancellationToken;

use crate::{Platform, clock::Clock, metrics::JobMetrics};

/// How long to wait before the next try of what was tried `attempts` times: 1 s, doubled with each up to `longest`, times `jitter`
/// (from 0 to 1; full jitter, where it is a random fraction).
#[must_use]
pub fn backoff(attempts: u32, longest: Duration, jitter: f64) -> Duration {
    let seconds = 2f64.powi(i32::try_from(attempts.min(10)).unwrap_or(10)).min(longest.as_secs_f64());
    Duration::from_secs_f64(seconds * jitter.clamp(0.0, 1.0))
}

type Run = Box<dyn FnOnce(Stop) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A job that runs until it is told to stop.
pub struct Job {
    pub(crate) name: &'static str,
    pub(crate) run: Run,
}

impl Job {
    /// `run` gets what tells it to stop.
    pub fn new<F, R>(name: &'static str, run: F) -> Self
    where
        F: FnOnce(Stop) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self { name, run: Box::new(move |stop| Box::pin(run(stop))) }
    }
}

/// What tells a job to stop, and is told how its steps go.
pub struct Stop {
    token: CancellationToken,
    job: &'static str,
    metrics: JobMetrics,
    clock: Arc<dyn Clock>,
}

impl Stop {
    pub(crate) fn new(token: CancellationToken, job: &'static str, platform: &Platform) -> Self {
        platform.jobs.known(job);
        Self { token, job, metrics: platform.jobs.clone(), clock: platform.clock.clone() }
    }

    /// Cancelled when the job is to end.
    #[must_use]
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }
}

/// Calls `work` again and again until `stop`: at once while it answers `true` (there is more to do), else when `wake` is
/// notified or `period` has passed. An error is logged, and the next try comes after `period`.
pub async fn poll<S, R, E>(stop: &Stop, wake: &Notify, period: Duration, mut work: S)
where
    S: FnMut() -> R,
    R: Future<Output = Result<bool, E>>,
    E: Display,
{
    let Stop { token, job, metrics, clock } = stop;
    while !token.is_cancelled() {
        let done = work().await;
        match &done {
            Ok(_) => metrics.succeeded(job, clock.as_ref()),
            Err(error) => {
                metrics.failed(job);
                tracing::warn!(job, %error, "a background step failed; it will be tried again");
            }
        }
        let pause = match done {
            Ok(true) => continue,
            Ok(false) => tokio::select! {
                () = token.cancelled() => return,
                () = wake.notified() => continue,
                () = time::sleep(period) => continue,
            },
            Err(_told) => time::sleep(period),
        };
        tokio::select! { () = token.cancelled() => return, () = pause => {} }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_grows_to_its_longest() {
        let longest = Duration::from_secs(15);
        let seconds: Vec<u64> = (0..6).map(|attempts| backoff(attempts, longest, 1.0).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 15, 15]);
        assert_eq!(backoff(u32::MAX, longest, 0.0), Duration::ZERO);
    }
}
