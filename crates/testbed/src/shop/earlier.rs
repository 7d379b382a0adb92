//! Ends the programs that an earlier run left. They outlive it if it was killed together with their
//! guards, or was stopped in place. Two servers on the same data would corrupt it.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use tokio::time::sleep;

use crate::{processes::Process, wait::Say};

/// The time that a program has to end by itself.
const GRACE: Duration = Duration::from_secs(25);
const LINES: Duration = Duration::from_secs(5);
/// The programs that work on the data.
const STORES: [&str; 3] = ["redis-server", "valkey-server", "postgres"];

/// The directories of a shop: its own, which contains that of Redis, and that of Postgres.
pub(super) struct Places<'a> {
    pub(super) directory: &'a Path,
    pub(super) postgres: &'a Path,
}

impl Places<'_> {
    /// Ends the programs of an earlier run, the stores last, and reports that. The caller holds the
    /// lock of the directory.
    pub(super) async fn clear(&self, say: Say<'_>) -> Result<()> {
        let left = self.left();
        if !left.is_empty() {
            let names: Vec<String> = left.iter().map(|one| format!("{} ({})", one.name, one.pid)).collect();
            say(&format!("an earlier run left programs running; ending them: {}", names.join(", ")));
        }
        let (stores, others) = left.into_iter().partition::<Vec<_>, _>(is_store);
        end(others, say).await?;
        end(stores, say).await?;
        self.forget_postgres()
    }

    /// Lists running programs of an earlier run. Each program has its process id and start time in
    /// a file beside its log. Children of the stores are found by their working directory.
    fn left(&self) -> Vec<Process> {
        let (redis, prometheus) = (self.redis(), self.directory.join("prometheus"));
        let places = [self.directory, &redis, &prometheus, self.postgres];
        let mut left: Vec<Process> =
            places.into_iter().flat_map(notes).filter_map(|note| noted(&note)).collect();
        left.extend(STORES.iter().flat_map(|name| Process::working_in(&redis, name)));
        left.extend(STORES.iter().flat_map(|name| Process::working_in(&self.data(), name)));
        left.sort_by_key(|one| one.pid);
        left.dedup();
        left
    }

    fn redis(&self) -> PathBuf {
        self.directory.join("redis")
    }

    fn data(&self) -> PathBuf {
        self.postgres.join("data")
    }

    /// Removes the pid file of Postgres if no Postgres runs. The file would prevent a start: it is
    /// empty if the disk was full, and it names a foreign process once ids are reused.
    fn forget_postgres(&self) -> Result<()> {
        let note = self.data().join("postmaster.pid");
        let Ok(text) = fs::read_to_string(&note) else { return Ok(()) };
        let named = text.lines().next().and_then(|line| line.parse().ok()).and_then(Process::find);
        // On Linux, the search by directory has found all processes, so none works there any more.
        let may_run = !cfg!(target_os = "linux") && named.is_some_and(|process| process.name == "postgres");
        if !may_run {
            fs::remove_file(note)?;
        }
        Ok(())
    }
}

fn is_store(process: &Process) -> bool {
    STORES.contains(&process.name.as_str())
}

fn notes(directory: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(directory).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    files.filter(|path| path.extension() == Some(OsStr::new("pid"))).collect()
}

fn noted(note: &Path) -> Option<Process> {
    let text = fs::read_to_string(note).ok()?;
    let (pid, began) = text.trim().split_once(' ')?;
    Process::find(pid.parse().ok()?).filter(|process| process.began == began)
}

/// Ends these programs, and kills those that ignore SIGTERM.
async fn end(mut left: Vec<Process>, say: Say<'_>) -> Result<()> {
    let began = Instant::now();
    let mut next_line = began + LINES;
    for process in &left {
        let told = process.signal("TERM") && process.signal("CONT");
        let (name, pid) = (&process.name, process.pid);
        ensure!(
            told || !process.lives(),
            "{name} of an earlier run still uses this data, and belongs to another user: end it (sudo kill {pid}), then start again"
        );
    }
    loop {
        left.retain(Process::lives);
        if left.is_empty() {
            return Ok(());
        }
        if began.elapsed() > GRACE {
            for process in &left {
                let _gone = process.signal("KILL");
            }
        }
        ensure!(began.elapsed() < GRACE * 2, "these do not end: {left:?}");
        if Instant::now() > next_line {
            next_line += LINES;
            say(&format!("waiting for the end of an earlier run ({} s)", began.elapsed().as_secs()));
        }
        sleep(Duration::from_millis(20)).await;
    }
}
