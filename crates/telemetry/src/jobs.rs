//! Background jobs, which run beside the requests until the service stops.

use std::{fmt::Display, future::Future, pin::Pin, sync::Arc, time::Duration};

use estore_base::clock::Clock;
use tokio::{sync::Notify, time};
use tokio_util::sync::CancellationToken;

use crate::{Platform, metrics::JobMetrics};

type Run = Box<dyn FnOnce(Stop) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A job that runs until the service stops.
pub struct Job {
    name: &'static str,
    run: Run,
}

impl Job {
    /// Creates a job. `run` receives the signal to stop.
    pub fn new<F, R>(name: &'static str, run: F) -> Self
    where
        F: FnOnce(Stop) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self { name, run: Box::new(move |stop| Box::pin(run(stop))) }
    }

    /// Returns the name, a metric label.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs the job until `stop`.
    pub async fn run(self, stop: Stop) {
        (self.run)(stop).await;
    }
}

/// The signal to stop a job, and the metrics of its steps.
pub struct Stop {
    token: CancellationToken,
    job: &'static str,
    metrics: JobMetrics,
    clock: Arc<dyn Clock>,
}

impl Stop {
    /// Creates the signal for the job of this name. `token` is cancelled to stop it.
    #[must_use]
    pub fn new(token: CancellationToken, job: &'static str, platform: &Platform) -> Self {
        platform.jobs.known(job);
        Self { token, job, metrics: platform.jobs.clone(), clock: platform.clock.clone() }
    }

    /// Returns the token, which is cancelled when the job has to end.
    #[must_use]
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }
}

/// Calls `work` repeatedly until `stop`. If it returns `true`, there is more to do, and the next
/// call follows at once. Otherwise the next call follows when `wake` is notified or `period` has
/// passed. Logs an error, and tries again after `period`.
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
                tracing::warn!(job, %error, "job step failed; will retry");
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
