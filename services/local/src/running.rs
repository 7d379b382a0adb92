//! The shop while it runs. Several tasks share it: each takes it for a moment.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::{Command, ExitStatus},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use estore_testbed::{ChildGuard, Prometheus, Service, ServiceName, Shop, is_ready, ours};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::sleep,
};

/// The time between two looks at a program that starts.
const PAUSE: Duration = Duration::from_millis(50);
/// The time that a job may take.
const JOB: Duration = Duration::from_mins(12);

/// The programs beside the shop.
#[derive(Default)]
pub(crate) struct Companions {
    pub(crate) prometheus: Option<Prometheus>,
    pub(crate) shopper: Option<Service>,
}

/// The shop, and the programs beside it.
pub(crate) struct Running {
    shop: Mutex<Shop>,
    companions: Mutex<Companions>,
    directory: PathBuf,
    bootstrap: Job,
    audit: Job,
}

/// A job of `estore-bootstrap`.
struct Job {
    arguments: &'static [&'static str],
    environment: BTreeMap<String, String>,
    log: &'static str,
}

/// The log of the audit.
pub(crate) const AUDIT_LOG: &str = "audit.log";
/// An audit that does not come within this time is missing: one that begins every half minute.
const NEXT_WITHIN: &str = "120";

impl Running {
    pub(crate) fn new(shop: Shop, companions: Companions) -> Self {
        let directory = shop.directory().clone();
        let bootstrap =
            Job { arguments: &["run"], environment: shop.bootstrap_environment(), log: "bootstrap.log" };
        let audit = Job {
            arguments: &["audit", "--next-within", NEXT_WITHIN],
            environment: shop.audit_environment(),
            log: AUDIT_LOG,
        };
        Self { shop: Mutex::new(shop), companions: Mutex::new(companions), directory, bootstrap, audit }
    }

    /// Takes the shop. The caller gives it back soon.
    pub(crate) async fn shop(&self) -> MutexGuard<'_, Shop> {
        self.shop.lock().await
    }

    /// Takes the programs beside the shop, in the same way.
    pub(crate) async fn companions(&self) -> MutexGuard<'_, Companions> {
        self.companions.lock().await
    }

    /// Stops a service, starts it from its program anew, and waits until it is ready.
    pub(crate) async fn restart(&self, name: ServiceName, limit: Duration) -> Result<()> {
        let port = {
            let mut shop = self.shop().await;
            again(shop.service(name)).await?
        };
        let deadline = Instant::now() + limit;
        while !is_ready(port).await {
            let mut shop = self.shop().await;
            alive(name.as_str(), shop.service(name), deadline)?;
            drop(shop);
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Does the same for the shopper. Returns whether there is one.
    pub(crate) async fn restart_shopper(&self, limit: Duration) -> Result<bool> {
        let mut companions = self.companions().await;
        let Some(shopper) = &mut companions.shopper else { return Ok(false) };
        let port = again(shopper).await?;
        let deadline = Instant::now() + limit;
        while !is_ready(port).await {
            alive("shopper", shopper, deadline)?;
            sleep(PAUSE).await;
        }
        Ok(true)
    }

    /// Runs the bootstrap job again.
    pub(crate) async fn bootstrap(&self) -> Result<()> {
        let (status, said) = self.run(&self.bootstrap).await?;
        ensure!(status.success(), "bootstrap failed:\n{}", said.join("\n"));
        Ok(())
    }

    /// Audits the shop. Returns the exit status and the last lines of the report.
    pub(crate) async fn audit(&self) -> Result<(ExitStatus, Vec<String>)> {
        self.run(&self.audit).await
    }

    async fn run(&self, job: &Job) -> Result<(ExitStatus, Vec<String>)> {
        let log = self.directory.join(job.log);
        // An empty log for each run, so that each line in it is of this run.
        fs::write(&log, "").with_context(|| log.display().to_string())?;
        let mut program = Command::new(ours("estore-bootstrap")?);
        program.args(job.arguments).envs(&job.environment);
        let mut job = ChildGuard::hold(&program, &log)?;
        job.wait(JOB).await?;
        let status = job.ended().context("the job has ended")?;
        Ok((status, job.last_lines(30)))
    }

    /// Stops everything, the stores last.
    pub(crate) async fn stop(&self) -> Result<()> {
        let mut companions = self.companions().await;
        if let Some(shopper) = &mut companions.shopper {
            shopper.stop().await?;
        }
        if let Some(prometheus) = &mut companions.prometheus {
            prometheus.stop().await?;
        }
        self.shop().await.stop().await
    }
}

/// Stops a program and starts it again. Returns its management port.
async fn again(service: &mut Service) -> Result<u16> {
    service.stop().await?;
    service.start_again()?;
    Ok(service.management_port)
}

/// Fails if a program that starts has ended, or its time is up.
fn alive(name: &str, service: &mut Service, deadline: Instant) -> Result<()> {
    if let Some(status) = service.ended() {
        bail!("{name} ended at its start ({status}):\n  {}", service.last_lines(20).join("\n  "));
    }
    ensure!(Instant::now() < deadline, "{name} is not ready yet");
    Ok(())
}
