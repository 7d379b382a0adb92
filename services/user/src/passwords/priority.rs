//! Priorities for threads that yield to the threads that serve requests.

#[cfg(target_os = "linux")]
use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};

/// The nice value that gives about a tenth of the share of a thread that serves requests
/// (sched(7)).
const NICE: i32 = 10;

/// Lets the calling thread run only when a core is idle. If the kernel refuses that, sets a low
/// priority.
pub(super) fn idle() {
    #[cfg(target_os = "linux")]
    {
        let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        match set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy) {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%error, "cannot set SCHED_IDLE; hashing passwords at a low priority");
            }
        }
    }
    low();
}

/// Lowers the priority of the calling thread. Only Linux can do so for a single thread.
fn low() {
    if cfg!(target_os = "linux")
        && let Err(error) = rustix::process::setpriority_process(None, NICE)
    {
        tracing::warn!(%error, "cannot set a low priority; hashing passwords at the usual one");
    }
}
