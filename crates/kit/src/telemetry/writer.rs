//! Where log lines go: into memory first, and from there to stdout by a thread of its own, many at once. A request pays for
//! a copy, not for a system call or for waking a thread.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

/// How long a line waits for company.
const PAUSE: Duration = Duration::from_millis(10);
/// How much waits, in bytes, before requests wait too: lines are not lost where stdout is slow.
const MOST: usize = 8 * 1024 * 1024;

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// Notified when the end has come.
    closing: Condvar,
    /// Notified when there is room again.
    room: Condvar,
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        loop {
            let pause = self.closing.wait_timeout_while(self.waiting(), PAUSE, |waiting| !waiting.closed);
            let (mut waiting, _) = pause.unwrap_or_else(PoisonError::into_inner);
            let (lines, closed) = (mem::take(&mut waiting.lines), waiting.closed);
            drop(waiting);
            self.room.notify_all();
            // Nowhere is left to tell it to where stdout is gone.
            let _gone = io::stdout().write_all(&lines).and_then(|()| io::stdout().flush());
            if closed {
                return;
            }
        }
    }
}

/// Takes lines.
#[derive(Default)]
pub(super) struct LogLines(Arc<Shared>);

/// Writes what still waits when it is dropped.
pub(super) struct LogGuard {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl LogLines {
    /// Starts the thread.
    pub(super) fn start() -> io::Result<(Self, LogGuard)> {
        let lines = Self::default();
        let shared = lines.0.clone();
        let thread = thread::Builder::new().name("log".to_owned()).spawn(move || shared.run())?;
        let guard = LogGuard { shared: lines.0.clone(), thread: Some(thread) };
        Ok((lines, guard))
    }

    /// Takes one.
    pub(super) fn push(&self, line: &str) {
        let waiting = self.0.room.wait_while(self.0.waiting(), |waiting| waiting.lines.len() > MOST);
        waiting.unwrap_or_else(PoisonError::into_inner).lines.extend_from_slice(line.as_bytes());
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        self.shared.waiting().closed = true;
        self.shared.closing.notify_all();
        if let Some(Err(_panicked)) = self.thread.take().map(JoinHandle::join) {
            let _gone = writeln!(io::stderr(), "the log's thread panicked; its last lines are lost");
        }
    }
}
