//! Waits for a server that loads or recovers, with progress lines and a time limit.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::time::sleep;

/// A callback that shows progress to a person.
pub(crate) type Say<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// The time that a server may be silent.
const SILENCE: Duration = Duration::from_mins(1);
/// The time that a server may report that it is busy.
const BUSY: Duration = Duration::from_mins(10);
/// The time between two progress lines; a shorter wait gets none.
const LINES: Duration = Duration::from_secs(3);
/// The pauses between two checks: short at first, as most waits are short, and longer later.
const PAUSES: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(100)];

/// A wait for one server.
pub(crate) struct Wait<'a> {
    server: &'a str,
    say: Say<'a>,
    began: Instant,
    heard: Instant,
    next_line: Instant,
}

impl<'a> Wait<'a> {
    pub(crate) fn new(server: &'a str, say: Say<'a>) -> Self {
        let began = Instant::now();
        Self { server, say, began, heard: began, next_line: began + LINES }
    }

    /// Waits for a moment. `busy` is the reason that the server gave (such as `LOADING …`), if any.
    /// Fails if the wait took too long.
    pub(crate) async fn go_on(&mut self, busy: Option<&str>) -> Result<()> {
        let (now, server) = (Instant::now(), self.server);
        let seconds = (now - self.began).as_secs();
        let reason = busy.unwrap_or("no answer yet");
        if busy.is_some() {
            self.heard = now;
        }
        ensure!(now - self.heard < SILENCE, "{server} has not answered for {} s", SILENCE.as_secs());
        ensure!(now - self.began < BUSY, "{server} is not ready after {seconds} s: {reason}");
        if now >= self.next_line {
            self.next_line = now + LINES;
            (self.say)(&format!("waiting for {server} ({seconds} s): {reason}"));
        }
        let [short, long] = PAUSES;
        sleep(if seconds == 0 { short } else { long }).await;
        Ok(())
    }
}
