//! Threads that hash passwords on idle cores, behind a short queue.
//!
//! The threads have the lowest priority that the kernel offers (`SCHED_IDLE`), so a request that
//! needs the core gets it at once. On a machine that is never idle they would wait forever.
//! Therefore, if no hash ends for [`STALL`], a thread of ordinary priority helps with one.
//!
//! rayon's threads could have that priority too. But its queue has no bound, and the helper could
//! not take a job out of it.

use std::{
    collections::VecDeque,
    io,
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

use super::{argon, priority};

/// The most jobs that wait. The pool refuses one more at once.
pub(super) const QUEUE: usize = 64;
/// The longest time that a job waits for its start.
const START_TIMEOUT: Duration = Duration::from_secs(5);
/// The time without a finished hash after which the machine counts as never idle.
const STALL: Duration = Duration::from_millis(250);
/// The time without jobs after which a thread gives the memory of its hashes back.
const MEMORY_KEPT: Duration = Duration::from_secs(10);
/// The most threads. Each hash takes 19 MiB, and a pod of the User Service has 256 MiB.
const MOST: usize = 8;

type Job = Arc<dyn Fn() + Send + Sync>;

/// A handle to the pool, cheap to clone. The threads end with the last handle.
#[derive(Clone)]
pub(super) struct HashPool(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    threads: usize,
    queue: usize,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Notified when a job arrives, and at the end.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    /// Jobs that a thread is working on and that the helper has not taken yet, oldest first.
    started: VecDeque<Job>,
    working: usize,
    finished: u64,
    is_closed: bool,
}

/// The numbers of jobs in the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    /// Jobs in progress.
    pub(crate) working: i64,
    /// Queued jobs, including those whose caller has given up.
    pub(crate) waiting: i64,
    /// The number of jobs that can run at once.
    pub(crate) max: i64,
}

/// The reason why a job was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JobError {
    /// Too many jobs are waiting.
    PoolFull,
    Panicked,
}

impl HashPool {
    /// Starts one thread for each core, up to [`MOST`], and the helper thread.
    pub(super) fn start() -> io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self::with(cores.min(MOST), QUEUE, MEMORY_KEPT)
    }

    fn with(threads: usize, queue: usize, memory_kept: Duration) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        // If a later thread cannot start, dropping this handle ends the earlier ones.
        let pool = Self(Arc::new(Handle { shared: shared.clone(), threads, queue }));
        for _ in 0..threads {
            let shared = shared.clone();
            thread::Builder::new().name("hashing".to_owned()).spawn(move || shared.hash(memory_kept))?;
        }
        thread::Builder::new().name("hashing-help".to_owned()).spawn(move || shared.help())?;
        Ok(pool)
    }

    pub(super) fn load(&self) -> Load {
        let state = self.0.shared.state();
        let [working, waiting, max] = [state.working, state.waiting.len(), self.0.threads]
            .map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        Load { working, waiting, max }
    }

    /// Runs `work` on a thread of the pool. It may run twice at once; the first result counts.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, JobError>
    where
        T: Send + 'static,
        F: Fn() -> T + Send + Sync + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let (start, started) = oneshot::channel();
        let (answer, start) = (Mutex::new(Some(answer)), Mutex::new(Some(start)));
        let job = Arc::new(move || {
            // The caller may have given up, or another thread may have finished the job.
            if lock(&answer).as_ref().is_none_or(oneshot::Sender::is_closed) {
                return;
            }
            let _gave_up = lock(&start).take().map(|start| start.send(()));
            let result = catch_unwind(AssertUnwindSafe(&work));
            if let (Ok(result), Some(answer)) = (result, lock(&answer).take()) {
                let _gave_up = answer.send(result);
            }
        });
        self.push(job)?;
        match timeout(START_TIMEOUT, started).await {
            Err(_elapsed) => Err(JobError::PoolFull),
            Ok(_) => answered.await.map_err(|_| JobError::Panicked),
        }
    }

    fn push(&self, job: Job) -> Result<(), JobError> {
        let mut state = self.0.shared.state();
        if state.waiting.len() >= self.0.queue {
            return Err(JobError::PoolFull);
        }
        state.waiting.push_back(job);
        drop(state);
        self.0.shared.changed.notify_all();
        Ok(())
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Works on jobs whenever a core is idle. After `memory_kept` without a job, gives the memory
    /// of its hashes back.
    fn hash(&self, memory_kept: Duration) {
        priority::idle();
        loop {
            let is_idle = |state: &mut State| state.waiting.is_empty() && !state.is_closed;
            let state = self.changed.wait_timeout_while(self.state(), memory_kept, is_idle);
            let (mut state, waited) = state.unwrap_or_else(PoisonError::into_inner);
            if waited.timed_out() {
                drop(state);
                argon::release_memory();
                let waited = self.changed.wait_while(self.state(), is_idle);
                state = waited.unwrap_or_else(PoisonError::into_inner);
            }
            let Some(job) = state.waiting.pop_front() else { return };
            state.started.push_back(job.clone());
            self.work(state, &job);
            self.state().started.retain(|other| !Arc::ptr_eq(other, &job));
        }
    }

    /// Works on the oldest job if no job has ended for a while, then waits again. On a machine that
    /// is busy with requests, a flood of logins therefore gets a small part of one core.
    fn help(&self) {
        loop {
            let is_idle =
                |state: &mut State| state.waiting.is_empty() && state.started.is_empty() && !state.is_closed;
            let state = self.changed.wait_while(self.state(), is_idle);
            let state = state.unwrap_or_else(PoisonError::into_inner);
            let finished = state.finished;
            let pause = self.changed.wait_timeout_while(state, STALL, |state| !state.is_closed);
            let (mut state, _) = pause.unwrap_or_else(PoisonError::into_inner);
            if state.is_closed {
                return;
            }
            if state.finished == finished
                && let Some(job) = state.next_to_help()
            {
                self.work(state, &job);
                argon::release_memory();
            }
        }
    }

    fn work(&self, mut state: MutexGuard<'_, State>, job: &Job) {
        state.working += 1;
        drop(state);
        job();
        let mut state = self.state();
        state.working -= 1;
        state.finished += 1;
    }
}

impl State {
    /// Takes the oldest job. A job that a thread has started is helped only once.
    fn next_to_help(&mut self) -> Option<Job> {
        self.started.pop_front().or_else(|| self.waiting.pop_front())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        self.shared.changed.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
