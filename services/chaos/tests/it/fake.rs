//! A platform that records its calls.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::Duration,
};

use async_trait::async_trait;
use estore_chaos::{Platform, PlatformError};
use estore_contract::demo::{FaultKind, FaultPlatform, FaultTarget};

/// A platform that records its calls, and fails on request.
#[derive(Default)]
pub(crate) struct Fake {
    calls: Mutex<Vec<String>>,
    failures: Mutex<BTreeMap<String, (u32, PlatformError)>>,
    hanging: Mutex<BTreeSet<String>>,
    unready: Mutex<BTreeSet<&'static str>>,
}

impl Fake {
    /// Returns the calls so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    /// Makes the next `times` calls of this name fail.
    pub(crate) fn fail(&self, call: &str, times: u32) {
        let error = PlatformError::Failed("the platform is away".to_owned());
        self.failures.lock().unwrap().insert(call.to_owned(), (times, error));
    }

    /// Makes the platform refuse the next `times` calls of this name.
    pub(crate) fn refuse(&self, call: &str, times: u32) {
        let error = PlatformError::Refused("no permission".to_owned());
        self.failures.lock().unwrap().insert(call.to_owned(), (times, error));
    }

    /// Lets calls of [`Platform::mail_down`] with this name go on forever.
    pub(crate) fn hang(&self, call: &str) {
        self.hanging.lock().unwrap().insert(call.to_owned());
    }

    /// Makes a component ready or not.
    pub(crate) fn set_ready(&self, target: FaultTarget, is_ready: bool) {
        let mut unready = self.unready.lock().unwrap();
        if is_ready {
            unready.remove(target.as_str());
        } else {
            unready.insert(target.as_str());
        }
    }

    fn call(&self, call: String) -> Result<(), PlatformError> {
        let mut failures = self.failures.lock().unwrap();
        let failure = failures.get_mut(&call).filter(|(left, _)| *left > 0);
        self.calls.lock().unwrap().push(call);
        match failure {
            Some((left, error)) => {
                *left -= 1;
                Err(error.clone())
            }
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Platform for Fake {
    fn name(&self) -> FaultPlatform {
        FaultPlatform::Processes
    }

    /// Offers everything but to kill Redis.
    fn offers(&self, kind: FaultKind, target: FaultTarget) -> bool {
        (kind, target) != (FaultKind::Kill, FaultTarget::Redis)
    }

    async fn is_ready(&self, target: FaultTarget) -> Result<bool, PlatformError> {
        Ok(!self.unready.lock().unwrap().contains(target.as_str()))
    }

    async fn kill(&self, target: FaultTarget) -> Result<String, PlatformError> {
        if target == FaultTarget::Verification {
            return Err(PlatformError::Absent(target));
        }
        self.call(format!("kill {}", target.as_str()))?;
        Ok(format!("{}-1", target.as_str()))
    }

    async fn freeze(&self, target: FaultTarget, length: Duration) -> Result<String, PlatformError> {
        self.call(format!("freeze {} {}", target.as_str(), length.as_secs()))?;
        Ok(format!("{}-1", target.as_str()))
    }

    async fn thaw(&self, target: FaultTarget) -> Result<(), PlatformError> {
        self.call(format!("thaw {}", target.as_str()))
    }

    async fn mail_down(&self, length: Duration) -> Result<String, PlatformError> {
        let call = format!("mail_down {}", length.as_secs());
        let hangs = self.hanging.lock().unwrap().contains(&call);
        self.call(call)?;
        if hangs {
            std::future::pending::<()>().await;
        }
        Ok("mail".to_owned())
    }

    async fn mail_up(&self) -> Result<(), PlatformError> {
        self.call("mail_up".to_owned())
    }

    async fn recover(&self) -> Result<(), PlatformError> {
        self.call("recover".to_owned())
    }
}
