//! Priorities of threads that stand back behind those that serve requests.

#[cfg(target_os = "linux")]
use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};

/// A tenth of the share of a thread that serves (sched(7)).
const NICE: i32 = 10;

/// Lets the calling thread run only when a core is idle. A kernel that refuses gets a low priority.
pub(super) fn idle() {
    #[cfg(target_os = "linux")]
    {
        let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        match set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy) {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%error, "SCHED_IDLE is refused; passwords are hashed at a low priority");
            }
        }
    }
    low();
}

/// Lowers the priority of the calling thread. Only Linux can do so for a thread alone.
fn low() {
    if cfg!(target_os = "linux")
        && let Err(error) = rustix::process::setpriority_process(None, NICE)
    {
        tracing::warn!(%error, "a low priority is refused; passwords are hashed at the usual one");
    }
}
