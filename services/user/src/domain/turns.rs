//! Threads for work that is costly and can wait: few, of low priority, with a short queue in front of them.

use std::{
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use rustix::process::setpriority_process;
use tokio::{sync::oneshot, time::timeout};

/// How many may wait; whoever comes then is told at once to come back.
const QUEUE: usize = 64;
/// How long one waits before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(3);
/// How far these threads stand back (`nice`): a tenth of the share of one that serves.
const NICE: i32 = 10;

type Work = Box<dyn FnOnce() + Send>;

/// Cheap to clone; the threads end with the last of them.
#[derive(Clone)]
pub(super) struct Turns(SyncSender<Work>);

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
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..threads {
            let receiver = receiver.clone();
            thread::Builder::new().name("hashing".to_owned()).spawn(move || serve(&receiver))?;
        }
        Ok(Self(sender))
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
        self.0.try_send(work).map_err(|full| match full {
            TrySendError::Full(_) => NoTurn::Busy,
            TrySendError::Disconnected(_) => NoTurn::Broke,
        })?;
        match timeout(PATIENCE, started).await {
            Err(_elapsed) => Err(NoTurn::Busy),
            Ok(Err(_)) => Err(NoTurn::Broke),
            Ok(Ok(())) => answered.await.map_err(|_| NoTurn::Broke),
        }
    }
}

fn serve(receiver: &Mutex<Receiver<Work>>) {
    // On Linux this is the calling thread's alone. Where it may not be lowered, it works as well as before.
    if cfg!(target_os = "linux") {
        let _kept = setpriority_process(None, NICE);
    }
    loop {
        let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // Its answer is lost, which is told; the thread goes on.
        let _broke = catch_unwind(AssertUnwindSafe(work));
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
