//! The recorder. It serves any number of clients at once, in memory and, on request, in a file of
//! JSON lines.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};

use super::{Op, OpKind, Outcome};

/// The operations of clients, as they happen.
pub struct History {
    /// The wall-clock time at the start, and the monotonic clock that measures the time since.
    began: (u64, Instant),
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    ops: Vec<Op>,
    file: Option<Box<dyn Write + Send>>,
    failed: Option<io::Error>,
}

impl Default for History {
    fn default() -> Self {
        Self::new()
    }
}

impl History {
    /// Returns an empty history that is only in memory.
    #[must_use]
    pub fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test is no service")]
        let date = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let date = u64::try_from(date.as_millis()).unwrap_or(u64::MAX);
        Self { began: (date, Instant::now()), kept: Mutex::default() }
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
        history.kept().file = Some(writer);
        history
    }

    /// Returns the current time, in Unix milliseconds, by the clock of all operations.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.began.0.saturating_add(u64::try_from(self.began.1.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Records the start of an operation and returns its id.
    pub fn invoke(&self, client: u32, kind: OpKind) -> u64 {
        let mut kept = self.kept();
        let id = u64::try_from(kept.ops.len()).unwrap_or(u64::MAX);
        // Reads the clock under the lock, so that ids have the order of invocation.
        let op =
            Op { id, client, kind, invoked_ms: self.now_ms(), ended_ms: None, outcome: Outcome::Pending };
        kept.write(&op);
        kept.ops.push(op);
        id
    }

    /// Records the end of an operation.
    pub fn end(&self, id: u64, outcome: Outcome) {
        let mut kept = self.kept();
        let now = self.now_ms();
        let Some(op) = usize::try_from(id).ok().and_then(|at| kept.ops.get_mut(at)) else { return };
        (op.ended_ms, op.outcome) = (Some(now), outcome);
        let ended = op.clone();
        kept.write(&ended);
    }

    /// Returns all operations so far, by invocation.
    #[must_use]
    pub fn ops(&self) -> Vec<Op> {
        self.kept().ops.clone()
    }

    /// Returns all operations. An error means that the file does not have all of them.
    pub fn close(self) -> Result<Vec<Op>> {
        let kept = self.kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        match kept.failed {
            Some(error) => Err(error).context("the history's file"),
            None => Ok(kept.ops),
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

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
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
