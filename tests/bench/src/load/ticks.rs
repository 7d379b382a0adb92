//! Waits until a request is due, with more precision than the millisecond of tokio's timers.

use std::time::{Duration, Instant};

use anyhow::Result;

/// A clock for the waits of connections. Tests set theirs.
pub(super) trait Clock {
    /// Returns the time since the start of the run.
    fn now(&self) -> Duration;

    /// Waits until `then`; returns at once if it has passed.
    async fn wait_until(&mut self, then: Duration) -> Result<()>;
}

/// The machine's clock; each connection has its own.
pub(super) struct Ticks {
    began: Instant,
    timer: timer::Timer,
}

impl Ticks {
    pub(super) fn new(began: Instant) -> Result<Self> {
        Ok(Self { began, timer: timer::Timer::new()? })
    }
}

impl Clock for Ticks {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    async fn wait_until(&mut self, then: Duration) -> Result<()> {
        match then.checked_sub(self.now()) {
            Some(left) if !left.is_zero() => self.timer.sleep(left).await,
            _ => Ok(()),
        }
    }
}

#[cfg(target_os = "linux")]
mod timer {
    use std::{os::fd::OwnedFd, time::Duration};

    use anyhow::Result;
    use rustix::{
        io::read,
        time::{
            Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
            timerfd_settime,
        },
    };
    use tokio::io::{Interest, unix::AsyncFd};

    pub(super) struct Timer(AsyncFd<OwnedFd>);

    impl Timer {
        #[expect(
            deprecated,
            reason = "an OwnedFd keeps its descriptor until it is dropped, so the unsafe form adds nothing"
        )]
        pub(super) fn new() -> Result<Self> {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
            Ok(Self(AsyncFd::with_interest(timer, Interest::READABLE)?))
        }

        pub(super) async fn sleep(&mut self, left: Duration) -> Result<()> {
            let none = Timespec { tv_sec: 0, tv_nsec: 0 };
            let value = Timespec { tv_sec: left.as_secs().try_into()?, tv_nsec: left.subsec_nanos().into() };
            let once = Itimerspec { it_interval: none, it_value: value };
            timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once)?;
            loop {
                let mut ready = self.0.readable().await?;
                let tried = ready.try_io(|timer| Ok(read(timer.get_ref(), &mut [0_u8; 8])?));
                if let Ok(read) = tried {
                    read?;
                    return Ok(());
                }
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod timer {
    use std::time::Duration;

    use anyhow::Result;

    /// A timer with millisecond precision.
    pub(super) struct Timer;

    impl Timer {
        #[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
        pub(super) fn new() -> Result<Self> {
            Ok(Self)
        }

        pub(super) async fn sleep(&mut self, left: Duration) -> Result<()> {
            tokio::time::sleep(left).await;
            Ok(())
        }
    }
}
