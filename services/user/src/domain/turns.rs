//! Threads for work that is costly and can wait: few, of low priority, with a short queue in front of them.

use std::{
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use rustix::process::setpriority_process;
use tokio::{sync::oneshot, time::timeout};

/// How many may wait; whoever comes then is told at once to come back.
pub(super) const QUEUE: usize = 64;
/// How long one waits before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(3);
/// How far these threads stand back (`nice`): a tenth of the share of one that serves.
const NICE: i32 = 10;

type Work = Box<dyn FnOnce() + Send>;

/// Cheap to clone; the threads end with the last of them.
#[derive(Clone)]
pub(super) struct Turns {
    queue: SyncSender<Work>,
    counts: Arc<Counts>,
    threads: usize,
}

#[derive(Default)]
struct Counts {
    waiting: AtomicI64,
    working: AtomicI64,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    /// How much is being done.
    pub(crate) working: i64,
    /// How much waits, given up or not.
    pub(crate) waiting: i64,
    /// How much can be done at once.
    pub(crate) max: i64,
}

/// The work was not done: too much waits already, or it broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoTurn {
    Busy,
    Broke,
}

impl Turns {
    /// A thread for every other core, one at least, so that the rest of the service goes on beside them.
    pub(super) fn start() -> std::io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self::with((cores / 2).max(1), QUEUE)
    }

    fn with(threads: usize, queue: usize) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(queue);
        let (receiver, counts) = (Arc::new(Mutex::new(receiver)), Arc::<Counts>::default());
        for _ in 0..threads {
            let (receiver, counts) = (receiver.clone(), counts.clone());
            thread::Builder::new().name("hashing".to_owned()).spawn(move || serve(&receiver, &counts))?;
        }
        Ok(Self { queue: sender, counts, threads })
    }

    /// How much there is to do now.
    pub(super) fn load(&self) -> Load {
        Load {
            working: self.counts.working.load(Ordering::Relaxed),
            waiting: self.counts.waiting.load(Ordering::Relaxed),
            max: i64::try_from(self.threads).unwrap_or(i64::MAX),
        }
    }

    /// What `work` answers, once it had its turn.
    pub(super) async fn take<T, F>(&self, work: F) -> Result<T, NoTurn>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let (starts, started) = oneshot::channel();
        let work = Box::new(move || {
            // Whoever asked may have given up.
            if starts.send(()).is_ok() {
                let _gone = answer.send(work());
            }
        });
        // Counted before a thread can take it.
        self.counts.waiting.fetch_add(1, Ordering::Relaxed);
        self.queue.try_send(work).map_err(|full| {
            self.counts.waiting.fetch_sub(1, Ordering::Relaxed);
            match full {
                TrySendError::Full(_) => NoTurn::Busy,
                TrySendError::Disconnected(_) => NoTurn::Broke,
            }
        })?;
        match timeout(PATIENCE, started).await {
            Err(_elapsed) => Err(NoTurn::Busy),
            Ok(Err(_)) => Err(NoTurn::Broke),
            Ok(Ok(())) => answered.await.map_err(|_| NoTurn::Broke),
        }
    }
}

fn serve(receiver: &Mutex<Receiver<Work>>, counts: &Counts) {
    // On Linux this is the calling thread's alone. Where it may not be lowered, it works as well as before.
    if cfg!(target_os = "linux") {
        let _kept = setpriority_process(None, NICE);
    }
    loop {
        let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        counts.waiting.fetch_sub(1, Ordering::Relaxed);
        counts.working.fetch_add(1, Ordering::Relaxed);
        // Its answer is lost, which is told; the thread goes on.
        let _broke = catch_unwind(AssertUnwindSafe(work));
        counts.working.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn one_works_few_wait_and_the_next_is_refused_at_once() {
        let turns = Turns::with(1, 2).unwrap();
        let (finish, finished) = channel::<()>();
        let (working, works) = oneshot::channel();
        let first = tokio::spawn({
            let turns = turns.clone();
            async move {
                turns
                    .take(move || {
                        let _told = working.send(());
                        finished.recv().is_ok()
                    })
                    .await
            }
        });
        works.await.unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|n| {
                let turns = turns.clone();
                let waiting = Box::pin(async move { turns.take(move || n).await });
                futures::FutureExt::shared(waiting)
            })
            .collect();
        for one in &waiting {
            // Polled once, it is in the queue.
            assert!(futures::FutureExt::now_or_never(one.clone()).is_none());
        }
        assert_eq!(turns.take(|| ()).await, Err(NoTurn::Busy));
        assert_eq!(turns.load(), Load { working: 1, waiting: 2, max: 1 });
        finish.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        for (n, one) in waiting.into_iter().enumerate() {
            assert_eq!(one.await, Ok(n));
        }
    }

    #[tokio::test]
    async fn work_that_breaks_takes_nobody_with_it() {
        let turns = Turns::with(1, 1).unwrap();
        assert_eq!(turns.take(|| assert!(turns_is_broken(), "told")).await, Err(NoTurn::Broke));
        assert_eq!(turns.take(|| 7).await, Ok(7));
    }

    fn turns_is_broken() -> bool {
        false
    }
}
