//! Background work: what runs beside the requests until the service stops.

use std::{fmt::Display, future::Future, pin::Pin, time::Duration};

use tokio::{sync::Notify, time};
use tokio_util::sync::CancellationToken;

type Run = Box<dyn FnOnce(CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A job that runs until its token is cancelled.
pub struct Job {
    pub(crate) name: &'static str,
    pub(crate) run: Run,
}

impl Job {
    /// `run` gets the token by which it is told to stop.
    pub fn new<F, R>(name: &'static str, run: F) -> Self
    where
        F: FnOnce(CancellationToken) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self { name, run: Box::new(move |stop| Box::pin(run(stop))) }
    }
}

/// Calls `work` again and again until `stop`: at once while it answers `true` (there is more to do), else when `wake` is
/// notified or `period` has passed. An error is logged, and the next try comes after `period`.
pub async fn poll<S, R, E>(name: &str, stop: &CancellationToken, wake: &Notify, period: Duration, mut work: S)
where
    S: FnMut() -> R,
    R: Future<Output = Result<bool, E>>,
    E: Display,
{
    while !stop.is_cancelled() {
        let pause = match work().await {
            Ok(true) => continue,
            Ok(false) => tokio::select! {
                () = stop.cancelled() => return,
                () = wake.notified() => continue,
                () = time::sleep(period) => continue,
            },
            Err(error) => {
                tracing::warn!(job = name, %error, "a background step failed; it will be tried again");
                time::sleep(period)
            }
        };
        tokio::select! { () = stop.cancelled() => return, () = pause => {} }
    }
}
