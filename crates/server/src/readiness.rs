//! The readiness checks of a service.

mod stores;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::{Instant, interval, timeout},
};

use tokio_util::sync::CancellationToken;

use crate::health::{Health, Standing};

type Check = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

/// The time limit of a check.
const PATIENCE: Duration = Duration::from_secs(2);
/// The time for which an answer is reused: `/ready` is public and must not be a way to burden the
/// stores.
const MEMORY: Duration = Duration::from_millis(500);

/// The answers of the checks, and their time.
type Answers = (Instant, BTreeMap<&'static str, String>);

/// The checks of a service, by name.
#[derive(Clone, Default)]
pub struct Readiness(Arc<Shared>);

#[derive(Default)]
struct Shared {
    checks: BTreeMap<&'static str, Check>,
    /// The checks that a job makes pass.
    of_jobs: BTreeSet<&'static str>,
    stopping: AtomicBool,
    /// Locked while the checks run.
    last: Arc<Mutex<Option<Answers>>>,
}

impl Readiness {
    /// Creates a readiness without checks, which is always ready.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check. Anybody can read its error, so it must name no host and no query.
    #[must_use]
    pub fn check<F, R>(self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        let mut shared = Arc::into_inner(self.0).unwrap_or_default();
        shared.checks.insert(name, Box::new(move || Box::pin(check())));
        Self(Arc::new(shared))
    }

    /// Adds a check that one of the service's jobs makes pass. Jobs start without it.
    #[must_use]
    pub fn check_of_job<F, R>(self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        let mut shared = Arc::into_inner(self.check(name, check).0).unwrap_or_default();
        shared.of_jobs.insert(name);
        Self(Arc::new(shared))
    }

    /// Makes the service unready, so that the load balancer sends no more requests while the last
    /// ones finish.
    pub(crate) fn stop(&self) {
        self.0.stopping.store(true, Ordering::SeqCst);
    }

    /// Waits until the service is ready, but for the checks that jobs make pass. Returns `false` if
    /// `stop` comes first.
    pub(crate) async fn reached(&self, stop: &CancellationToken) -> bool {
        let mut tick = interval(Duration::from_millis(250));
        let is_missing = |(name, answer): (&&str, &String)| answer != "ok" && !self.0.of_jobs.contains(*name);
        while self.ask().await.checks.iter().any(is_missing) {
            tokio::select! {
                () = stop.cancelled() => return false,
                _ = tick.tick() => {}
            }
        }
        true
    }

    /// Returns the state, at most [`MEMORY`] old.
    pub(crate) async fn ask(&self) -> Health {
        let last = self.0.last.clone().lock_owned().await;
        let known =
            last.as_ref().filter(|(then, _)| then.elapsed() < MEMORY).map(|(_, checks)| checks.clone());
        let mut checks = match known {
            Some(checks) => checks,
            None => self.clone().run_on(last).await,
        };
        if self.0.stopping.load(Ordering::SeqCst) {
            checks.insert("service", "is stopping".to_owned());
        }
        let ready = checks.values().all(|answer| answer == "ok");
        Health { status: if ready { Standing::Ready } else { Standing::Unready }, checks }
    }

    /// Runs the checks in a task of their own, and puts their answers in `last`. A client that
    /// leaves ends no check, so that the next client does not begin them again.
    async fn run_on(self, mut last: OwnedMutexGuard<Option<Answers>>) -> BTreeMap<&'static str, String> {
        let work = async move {
            let checks = self.run().await;
            let before = last.replace((Instant::now(), checks.clone()));
            log_changes(&before.map(|(_, checks)| checks).unwrap_or_default(), &checks);
            checks
        };
        tokio::spawn(work).await.unwrap_or_else(|error| {
            tracing::error!(%error, "readiness checks did not end; not ready until they do");
            BTreeMap::from([("checks", "did not end".to_owned())])
        })
    }

    async fn run(&self) -> BTreeMap<&'static str, String> {
        let answers = self.0.checks.iter().map(async |(name, check)| {
            let answer = timeout(PATIENCE, check())
                .await
                .unwrap_or_else(|_| Err("does not answer in time".to_owned()));
            (*name, answer.map_or_else(|why| why, |()| "ok".to_owned()))
        });
        join_all(answers).await.into_iter().collect()
    }
}

/// Logs each check whose result differs from `before`.
fn log_changes(before: &BTreeMap<&'static str, String>, now: &BTreeMap<&'static str, String>) {
    for (check, reason) in now {
        match before.get(check) {
            Some(same) if same == reason => {}
            None if reason == "ok" => {}
            _ if reason == "ok" => tracing::info!(check, "readiness check passes again"),
            _ => tracing::warn!(check, reason, "readiness check fails; not ready until it passes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use futures::poll;
    use tokio::{sync::Semaphore, task::yield_now};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn dropped_requests_share_one_run_of_checks() {
        let (runs, free) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let both = (runs.clone(), free.clone());
        let readiness = Readiness::new().check("store", move || {
            let (runs, free) = both.clone();
            async move {
                runs.fetch_add(1, Ordering::SeqCst);
                free.acquire().await.map(drop).map_err(|error| error.to_string())
            }
        });
        for _ in 0..20 {
            let mut ask = Box::pin(readiness.ask());
            assert!(poll!(&mut ask).is_pending());
            yield_now().await;
        }
        free.add_permits(1);
        assert!(readiness.ask().await.status == Standing::Ready);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn jobs_do_not_wait_for_their_own_checks() {
        let readiness = Readiness::new()
            .check("store", || async { Ok(()) })
            .check_of_job("index", || async { Err("is being loaded".to_owned()) });
        assert!(readiness.ask().await.status == Standing::Unready);
        assert!(readiness.reached(&CancellationToken::new()).await);
        let stopped = CancellationToken::new();
        stopped.cancel();
        let away = Readiness::new().check("store", || async { Err("is away".to_owned()) });
        assert!(!away.reached(&stopped).await);
    }
}
