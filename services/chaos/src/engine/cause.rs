//! One fault, from its cause to its end.

use std::time::Duration;

use estore_contract::demo::{FaultKind, FaultOrigin, FaultOutcome};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::Engine;
use crate::{PlatformError, domain::Fault};

/// The time limit of one call to the platform.
pub(super) const LIMIT: Duration = Duration::from_secs(15);
/// The time after its end for which a fault that ends by itself is also ended by us.
const GRACE: Duration = Duration::from_secs(10);
/// The time after its end for which we try to raise a mail server though the platform refuses. It
/// may, while a permission is set anew.
const REFUSED: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

impl Engine {
    /// Causes a fault, waits until it is over or cancelled, and ends it.
    pub(super) async fn run(self, id: u64, fault: Fault, by: FaultOrigin, end: CancellationToken) {
        let (kind, target) = (fault.kind().as_str(), fault.target().as_str());
        let seconds = fault.seconds();
        let caused = tokio::select! {
            caused = within(self.cause(fault)) => caused,
            () = end.cancelled() => Err(PlatformError::Failed("it was ended before it began".to_owned())),
        };
        let deadline = Instant::now() + fault.length();
        let failure = match caused {
            Ok(detail) => {
                tracing::warn!(id, kind, target, ?seconds, by = by.as_str(), detail, "fault caused");
                self.board().caused(id, detail, self.0.clock.now() + fault.length());
                tokio::select! { () = sleep_until(deadline) => {}, () = end.cancelled() => {} }
                self.finish(fault, deadline, end.is_cancelled()).await.err()
            }
            Err(error) if error.is_final() => Some(error),
            // The call may have had its effect without an answer.
            Err(error) => {
                let _told = self.finish(fault, deadline, true).await;
                Some(error)
            }
        };
        let failure = failure.map(|error| error.to_string());
        match &failure {
            None => tracing::info!(id, kind, target, by = by.as_str(), "fault is over"),
            Some(error) => tracing::error!(id, kind, target, by = by.as_str(), error, "fault failed"),
        }
        let outcome = if failure.is_some() { FaultOutcome::Failed } else { FaultOutcome::Done };
        self.board().end(id, failure);
        self.0.metrics.ended(fault.kind(), fault.target(), outcome);
        self.0.tasks.send_modify(|tasks| drop(tasks.remove(&id)));
    }

    async fn cause(&self, fault: Fault) -> Result<String, PlatformError> {
        let (platform, target, length) = (&self.0.platform, fault.target(), fault.length());
        if let Some(switch) = fault.switch() {
            self.0.switches.put(switch, fault.seconds().unwrap_or(0)).await?;
            return Ok("payment".to_owned());
        }
        match fault.kind() {
            FaultKind::Freeze => platform.freeze(target, length).await,
            FaultKind::MailDown => platform.mail_down(length).await,
            // The others are switches.
            _ => platform.kill(target).await,
        }
    }

    /// Ends a fault, with retries whatever the error: a mail server until it is up again, the
    /// others until they have ended by themselves. A switch ends at its time without us.
    async fn finish(&self, fault: Fault, deadline: Instant, is_early: bool) -> Result<(), PlatformError> {
        let mut pause = PAUSE;
        loop {
            let ended = match (fault.kind(), fault.switch()) {
                (FaultKind::Kill, _) => return Ok(()),
                (FaultKind::Freeze, _) => within(self.0.platform.thaw(fault.target())).await,
                (FaultKind::MailDown, _) => within(self.0.platform.mail_up()).await,
                (_, Some(switch)) if is_early => within(self.0.switches.put(switch, 0)).await,
                _ => return Ok(()),
            };
            let Err(error) = ended else { return Ok(()) };
            let most = match fault.kind() {
                FaultKind::MailDown if error.is_final() => Some(REFUSED),
                FaultKind::MailDown => None,
                _ => Some(GRACE),
            };
            if most.is_some_and(|most| Instant::now() >= deadline + most) {
                return Err(error);
            }
            let (kind, target) = (fault.kind().as_str(), fault.target().as_str());
            tracing::warn!(kind, target, %error, "fault cannot be ended; will retry");
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

async fn within<T>(call: impl Future<Output = Result<T, PlatformError>>) -> Result<T, PlatformError> {
    timeout(LIMIT, call).await.unwrap_or_else(|_| Err(PlatformError::Failed("no answer in time".to_owned())))
}
