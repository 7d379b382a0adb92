//! Causes faults in the processes of this shop.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Result;
use async_trait::async_trait;
use estore_chaos::{Platform, PlatformError};
use estore_contract::demo::{FaultKind, FaultPlatform, FaultTarget};
use estore_testbed::{ChildGuard, FaultKind as MailFault, ServiceName, Shop, is_ready};
use tokio::{task::AbortHandle, time::sleep};

use crate::running::Running;

/// The processes that `./dev up --demo` started, and starts again when they die.
pub(crate) struct Processes {
    running: Arc<Running>,
    /// The task that will continue the frozen process of a target.
    thaws: Mutex<HashMap<FaultTarget, AbortHandle>>,
}

impl Processes {
    pub(crate) fn of(running: &Arc<Running>) -> Self {
        Self { running: running.clone(), thaws: Mutex::default() }
    }

    fn thaws(&self) -> MutexGuard<'_, HashMap<FaultTarget, AbortHandle>> {
        self.thaws.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Platform for Processes {
    fn name(&self) -> FaultPlatform {
        FaultPlatform::Processes
    }

    fn offers(&self, kind: FaultKind, target: FaultTarget) -> bool {
        let causes = matches!(kind, FaultKind::Kill | FaultKind::Freeze | FaultKind::MailDown);
        causes && kind.targets().contains(&target)
    }

    async fn is_ready(&self, target: FaultTarget) -> Result<bool, PlatformError> {
        let mut shop = self.running.shop().await;
        let Some(name) = service(target) else {
            // A store that was started again has loaded its data.
            return Ok(process(&mut shop, target)?.ended().is_none());
        };
        let port = shop.service(name).management_port;
        drop(shop);
        Ok(is_ready(port).await)
    }

    async fn kill(&self, target: FaultTarget) -> Result<String, PlatformError> {
        let mut shop = self.running.shop().await;
        let name = running(process(&mut shop, target)?, target)?;
        let killed = match (service(target), target) {
            (Some(service), _) => shop.service(service).kill().await,
            (None, FaultTarget::Redis) => shop.redis.kill().await,
            (None, _) => shop.postgres.kill().await,
        };
        killed.map_err(|error| failed(&error))?;
        Ok(name)
    }

    async fn freeze(&self, target: FaultTarget, length: Duration) -> Result<String, PlatformError> {
        let mut shop = self.running.shop().await;
        let process = process(&mut shop, target)?;
        let name = running(process, target)?;
        process.pause().map_err(|error| failed(&error))?;
        let (running, pid) = (self.running.clone(), process.pid());
        // If this program dies first, everything that it started ends.
        let thaw = tokio::spawn(async move {
            sleep(length).await;
            let mut shop = running.shop().await;
            // A process that was killed and started again is another one.
            if let Ok(process) = self::process(&mut shop, target)
                && process.pid() == pid
            {
                let _ended = process.resume();
            }
        });
        self.thaws().insert(target, thaw.abort_handle());
        Ok(name)
    }

    async fn thaw(&self, target: FaultTarget) -> Result<(), PlatformError> {
        let mut shop = self.running.shop().await;
        let process = process(&mut shop, target)?;
        if process.ended().is_none() {
            process.resume().map_err(|error| failed(&error))?;
        }
        // Otherwise it would cut the next freeze short.
        if let Some(thaw) = self.thaws().remove(&target) {
            thaw.abort();
        }
        Ok(())
    }

    async fn mail_down(&self, _length: Duration) -> Result<String, PlatformError> {
        self.running.shop().await.mailbox.set(Some(MailFault::Down));
        Ok("mailbox".to_owned())
    }

    async fn mail_up(&self) -> Result<(), PlatformError> {
        self.running.shop().await.mailbox.set(None);
        Ok(())
    }

    /// An earlier run left nothing: its processes ended with it.
    async fn recover(&self) -> Result<(), PlatformError> {
        Ok(())
    }
}

/// Returns the service that a target is, or `None` for a store.
fn service(target: FaultTarget) -> Option<ServiceName> {
    ServiceName::WITH_STOREFRONT.into_iter().find(|name| name.as_str() == target.as_str())
}

/// Returns the process of a target.
fn process(shop: &mut Shop, target: FaultTarget) -> Result<&mut ChildGuard, PlatformError> {
    match (service(target), target) {
        (Some(name), _) => Ok(shop.service(name).process()),
        (None, FaultTarget::Redis) => Ok(shop.redis.process()),
        (None, FaultTarget::Postgres) => Ok(shop.postgres.process()),
        (None, _) => Err(PlatformError::Absent(target)),
    }
}

/// Names a process that runs.
fn running(process: &mut ChildGuard, target: FaultTarget) -> Result<String, PlatformError> {
    match process.ended() {
        None => Ok(format!("{} (process {})", target.as_str(), process.pid())),
        Some(_) => Err(PlatformError::Absent(target)),
    }
}

fn failed(error: &anyhow::Error) -> PlatformError {
    PlatformError::Failed(format!("{error:#}"))
}
