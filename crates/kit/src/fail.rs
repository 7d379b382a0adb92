//! Fail points: named places at which a test lets this process die as by `kill -9`, or panic. They exist in debug builds alone; in release
//! builds [`fail_point!`](crate::fail_point) is nothing.

use crate::config::{ConfigError, Env};

/// Dies here, where `FAIL_POINT` names this place. The name may be put together as with `format!`.
#[macro_export]
macro_rules! fail_point {
    ($($name:tt)+) => {
        if ::core::cfg!(debug_assertions) {
            $crate::fail::reach(&format!($($name)+));
        }
    };
}

/// Reads `FAIL_POINT`: a name, and after `@` at which time of passing it the process dies (`payment.confirm.answered@3`; the first,
/// where none is said). After `panic:` the thread panics there instead (`panic:public.request@1`).
#[cfg(debug_assertions)]
pub fn arm(env: &Env) -> Result<(), ConfigError> {
    let Some(text) = env.optional::<String>("FAIL_POINT", "payment.confirm.answered@3")? else {
        return Ok(());
    };
    let (panics, text) = text.strip_prefix("panic:").map_or((false, text.as_str()), |text| (true, text));
    let (name, at) = text.split_once('@').unwrap_or((text, "1"));
    let at = at
        .parse()
        .map_err(|_| ConfigError::new("FAIL_POINT", "has no number after @", "payment.confirm.answered@3"))?;
    tracing::warn!(name, at, "this process will die at a fail point");
    let _armed_once = armed::POINT.set((name.to_owned(), at, panics));
    Ok(())
}

/// Release builds have no fail points, and start with none.
#[cfg(not(debug_assertions))]
pub fn arm(_: &Env) -> Result<(), ConfigError> {
    Ok(())
}

#[cfg(debug_assertions)]
pub use armed::reach;

/// Never called in release builds.
#[cfg(not(debug_assertions))]
pub fn reach(_: &str) {}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };

    use rustix::process::{Signal, getpid, kill_process};

    pub(super) static POINT: OnceLock<(String, u32, bool)> = OnceLock::new();
    static PASSED: AtomicU32 = AtomicU32::new(0);

    /// Passes the place `name`.
    ///
    /// # Panics
    /// Where it is armed to.
    pub fn reach(name: &str) {
        if let Some((armed, at, panics)) = POINT.get()
            && armed == name
            && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == *at
        {
            assert!(!panics, "a fail point was armed to panic\nat {name}");
            // Nothing of this process runs on: no destructor, no flush.
            let _killed = kill_process(getpid(), Signal::KILL);
            std::process::abort();
        }
    }
}
