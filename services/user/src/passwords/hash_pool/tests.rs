//! The queue, and progress on a machine that is never idle.

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, channel},
    },
    task::Poll,
};

use argon2::PasswordHasher;
use futures::poll;

use super::*;
use crate::passwords::argon::Argon;

/// Returns a job that blocks its first caller until the sender sends or is dropped.
fn gate() -> (std::sync::mpsc::Sender<()>, impl Fn() -> usize + Send + Sync) {
    let (open, opened) = channel::<()>();
    let (opened, calls) = (Mutex::new(opened), AtomicUsize::new(0));
    let work = move || {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        if call == 0 {
            let opened: MutexGuard<'_, Receiver<()>> = lock(&opened);
            let _either = opened.recv();
        }
        call
    };
    (open, work)
}

/// Waits until `pool` has this load.
async fn until(pool: &HashPool, load: Load) {
    let reached = async {
        while pool.load() != load {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(30), reached).await.expect("the load");
}

#[tokio::test]
async fn job_beyond_the_queue_is_refused() {
    let pool = HashPool::with(1, 2, MEMORY_KEPT).unwrap();
    let (open, work) = gate();
    let first = pool.run(work);
    tokio::pin!(first);
    assert_eq!(poll!(&mut first), Poll::Pending);
    until(&pool, Load { working: 1, waiting: 0, max: 1 }).await;
    let mut waiting: Vec<_> = (0..2).map(|n| Box::pin(pool.run(move || n))).collect();
    for job in &mut waiting {
        assert_eq!(poll!(job), Poll::Pending);
    }
    assert_eq!(pool.run(|| ()).await, Err(JobError::PoolFull));
    assert_eq!(pool.load(), Load { working: 1, waiting: 2, max: 1 });
    drop(open);
    assert!(first.await.is_ok());
    for (n, job) in waiting.into_iter().enumerate() {
        assert_eq!(job.await, Ok(n));
    }
}

#[tokio::test]
async fn panic_ends_its_own_job_alone() {
    let pool = HashPool::with(1, 1, MEMORY_KEPT).unwrap();
    assert_eq!(pool.run(|| assert_eq!(1, 2, "told")).await, Err(JobError::Panicked));
    assert_eq!(pool.run(|| 7).await, Ok(7));
}

#[tokio::test]
async fn waiting_job_is_helped_without_idle_cores() {
    // A pool without threads behaves like one whose threads never get a core.
    let pool = HashPool::with(0, 1, MEMORY_KEPT).unwrap();
    assert_eq!(pool.run(|| 7).await, Ok(7));
}

#[tokio::test]
async fn started_job_is_helped_if_it_stalls() {
    let pool = HashPool::with(1, 1, MEMORY_KEPT).unwrap();
    let (open, work) = gate();
    assert_eq!(pool.run(work).await, Ok(1), "the second caller is the one that helps");
    drop(open);
    until(&pool, Load { working: 0, waiting: 0, max: 1 }).await;
}

#[tokio::test]
async fn idle_thread_gives_its_memory_back() {
    let pool = HashPool::with(1, 1, Duration::ZERO).unwrap();
    let hash = || {
        Argon.hash_password(b"open sesame").unwrap();
        argon::kept_blocks()
    };
    assert!(pool.run(hash).await.unwrap() > 0, "kept for the next hash");
    let given_back = async {
        while pool.run(argon::kept_blocks).await != Ok(0) {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(30), given_back).await.expect("an idle thread without memory");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn threads_have_the_lowest_priority() {
    // Field 41 of proc_pid_stat(5); 5 is SCHED_IDLE.
    let policy = || {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let (_, rest) = stat.rsplit_once(") ").unwrap();
        rest.split(' ').nth(38).map(str::to_owned)
    };
    let pool = HashPool::with(1, 1, MEMORY_KEPT).unwrap();
    assert_eq!(pool.run(policy).await, Ok(Some("5".to_owned())));
}
