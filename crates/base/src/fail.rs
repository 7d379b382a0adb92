//! Fail points: named places at which a test kills this process, as by `kill -9`, or makes it
//! panic. They exist only in debug builds; in release builds [`fail_point!`](crate::fail_point)
//! does nothing.

use crate::config::{ConfigError, Env, Setting};

/// The place at which a debug build dies.
pub const FAIL_POINT: Setting = Setting::text(
    "FAIL_POINT",
    "Place at which tests crash a debug build; release builds have no fail points.",
)
.optional()
.example("payment.confirm.answered@3");

/// Kills the process here if `FAIL_POINT` names this place. The name may have arguments, as in
/// `format!`.
#[macro_export]
macro_rules! fail_point {
    ($($name:tt)+) => {
        if ::core::cfg!(debug_assertions) {
            $crate::fail::reach(&format!($($name)+));
        }
    };
}

/// Reads `FAIL_POINT`: a name, and after `@` the number of the pass at which the process dies
/// (`payment.confirm.answered@3`). The default is the first pass. With the prefix `panic:`, the
/// thread panics there instead (`panic:public.request@1`).
#[cfg(debug_assertions)]
pub fn arm(env: &Env) -> Result<(), ConfigError> {
    let Some(text) = env.optional::<String>(&FAIL_POINT)? else { return Ok(()) };
    let (panics, text) = text.strip_prefix("panic:").map_or((false, text.as_str()), |text| (true, text));
    let (name, at) = text.split_once('@').unwrap_or((text, "1"));
    let at = at.parse().map_err(|_| FAIL_POINT.wrong("has no number after @"))?;
    tracing::warn!(name, at, "fail point armed; the process will exit there");
    let _armed_once = armed::POINT.set((name.to_owned(), at, panics));
    Ok(())
}

/// Does nothing: release builds have no fail points.
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
    /// If the place is armed to panic.
    pub fn reach(name: &str) {
        if let Some((armed, at, panics)) = POINT.get()
            && armed == name
            && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == *at
        {
            assert!(!panics, "a fail point was armed to panic\nat {name}");
            // A kill runs no more code of this process: no destructor, no flush.
            let _killed = kill_process(getpid(), Signal::KILL);
            std::process::abort();
        }
    }
}
