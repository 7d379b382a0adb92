//! The recorder. It serves any number of clients at once, in memory and, on request, in a file of
//! JSON lines.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use anyhow::{Context, Result};
use estore_base::clock::{Clock, SystemClock};
use estore_checker::history::{Op, OpKind, Outcome};

use super::kept::Kept;

/// Sees operations.
type Watcher = Box<dyn Fn(&Op) + Send + Sync>;

/// The operations of clients, as they happen.
pub struct History {
    /// The wall-clock time at the start, and the monotonic clock that measures the time since.
    began: (u64, Instant),
    recorded: Mutex<Recorded>,
    /// Sees each operation that has ended.
    watcher: Option<Watcher>,
    /// Sees each operation that is forgotten.
    forgetting: Option<Watcher>,
}

struct Recorded {
    kept: Kept,
    file: Option<Box<dyn Write + Send>>,
    failed: Option<io::Error>,
}

impl Default for History {
    fn default() -> Self {
        Self::new()
    }
}

impl History {
    /// Returns an empty history that is only in memory, and keeps every operation.
    #[must_use]
    pub fn new() -> Self {
        Self::of_latest(usize::MAX)
    }

    /// Returns an empty history that keeps the latest `most` operations, in memory.
    #[must_use]
    pub fn of_latest(most: usize) -> Self {
        let date = SystemClock.now().unix_timestamp_nanos() / 1_000_000;
        let began = (u64::try_from(date).unwrap_or_default(), Instant::now());
        let recorded = Recorded { kept: Kept::new(most), file: None, failed: None };
        Self { began, recorded: Mutex::new(recorded), watcher: None, forgetting: None }
    }

    /// Lets `watcher` see each operation that has ended.
    #[must_use]
    pub fn watched(self, watcher: impl Fn(&Op) + Send + Sync + 'static) -> Self {
        Self { watcher: Some(Box::new(watcher)), ..self }
    }

    /// Lets `watcher` see each operation for which there is no room any more.
    #[must_use]
    pub fn forgetting(self, watcher: impl Fn(&Op) + Send + Sync + 'static) -> Self {
        Self { forgetting: Some(Box::new(watcher)), ..self }
    }

    /// Returns an empty history that writes an operation's line at its invocation and again at its
    /// end.
    pub fn in_file(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| path.display().to_string())?;
        Ok(Self::to(Box::new(file)))
    }

    /// Returns an empty history that writes the same lines to `writer`.
    #[must_use]
    pub fn to(writer: Box<dyn Write + Send>) -> Self {
        let history = Self::new();
        history.recorded().file = Some(writer);
        history
    }

    /// Returns the current time, in Unix milliseconds, by the clock of all operations.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.began.0.saturating_add(u64::try_from(self.began.1.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Records the start of an operation and returns its id.
    pub fn invoke(&self, client: u32, kind: OpKind) -> u64 {
        let mut recorded = self.recorded();
        // Reads the clock under the lock, so that ids have the order of invocation.
        let (op, forgotten) = recorded.kept.invoke(client, kind, self.now_ms());
        recorded.write(&op);
        drop(recorded);
        if let (Some(watcher), Some(forgotten)) = (&self.forgetting, &forgotten) {
            watcher(forgotten);
        }
        op.id
    }

    /// Records the end of an operation.
    pub fn end(&self, id: u64, outcome: Outcome) {
        let mut recorded = self.recorded();
        let Some(ended) = recorded.kept.end(id, outcome, self.now_ms()) else { return };
        recorded.write(&ended);
        drop(recorded);
        if let Some(watcher) = &self.watcher {
            watcher(&ended);
        }
    }

    /// Returns the operations that are kept, by invocation.
    #[must_use]
    pub fn ops(&self) -> Vec<Op> {
        self.recorded().kept.all().cloned().collect()
    }

    /// Returns the number of operations that are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.recorded().kept.len()
    }

    /// Returns true if there is no operation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns all operations. An error means that the file does not have all of them.
    pub fn close(self) -> Result<Vec<Op>> {
        let recorded = self.recorded.into_inner().unwrap_or_else(PoisonError::into_inner);
        match recorded.failed {
            Some(error) => Err(error).context("the history's file"),
            None => Ok(recorded.kept.all().cloned().collect()),
        }
    }

    /// Reads a file: the last line of each operation, by invocation. Skips a last line that was cut
    /// off.
    pub fn read(path: &Path) -> Result<Vec<Op>> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::of_lines(text.rfind('\n').and_then(|end| text.get(..end)).unwrap_or_default().lines())
    }

    /// Parses such lines: the last one of each operation, by invocation.
    pub fn of_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Vec<Op>> {
        let mut ops = BTreeMap::new();
        for line in lines {
            let op: Op = serde_json::from_str(line).with_context(|| line.to_owned())?;
            ops.insert(op.id, op);
        }
        Ok(ops.into_values().collect())
    }

    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorded {
    fn write(&mut self, op: &Op) {
        let Some(file) = &mut self.file else { return };
        let written = serde_json::to_vec(op).map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            file.write_all(&line)
        });
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }
}
