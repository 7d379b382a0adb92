//! The writer of log lines. It buffers them in memory, and a thread of its own writes them to
//! stdout in batches. A request pays for a copy, not for a system call or for waking a thread.
//!
//! The writer of `tracing-appender` may wake its thread for each line. It bounds the number of
//! lines and not their size, and waits only a second for the last ones.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

/// The time that a line waits for others.
const PAUSE: Duration = Duration::from_millis(10);
/// The size of the buffer, in bytes, above which requests wait too, so that no line is lost if
/// stdout is slow.
const MOST: usize = 8 * 1024 * 1024;

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    closed: bool,
}

/// The buffer of log lines.
#[derive(Default)]
pub(crate) struct LogLines {
    waiting: Mutex<Waiting>,
    /// Notified at the end.
    closing: Condvar,
    /// Notified when the buffer has room again.
    room: Condvar,
}

impl LogLines {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<(Arc<Self>, LogGuard)> {
        let lines = Arc::<Self>::default();
        let shared = lines.clone();
        let thread = thread::Builder::new().name("log".to_owned()).spawn(move || shared.run())?;
        let guard = LogGuard { lines: lines.clone(), thread: Some(thread) };
        Ok((lines, guard))
    }

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
            // If stdout is closed, there is no place to report it.
            let _gone = io::stdout().write_all(&lines).and_then(|()| io::stdout().flush());
            if closed {
                return;
            }
        }
    }
}

impl Write for &LogLines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let waiting = self.room.wait_while(self.waiting(), |waiting| waiting.lines.len() > MOST);
        waiting.unwrap_or_else(PoisonError::into_inner).lines.extend_from_slice(line);
        Ok(line.len())
    }

    /// Does nothing: the thread flushes.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the remaining lines when dropped.
pub(crate) struct LogGuard {
    lines: Arc<LogLines>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        self.lines.waiting().closed = true;
        self.lines.closing.notify_all();
        if let Some(Err(_panicked)) = self.thread.take().map(JoinHandle::join) {
            let _gone = writeln!(io::stderr(), "log thread panicked; its last lines are lost");
        }
    }
}
