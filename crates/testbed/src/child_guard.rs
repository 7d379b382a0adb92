//! Child processes that never outlive this process.

use std::{
    fs::{self, OpenOptions},
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio::time::sleep;

use crate::processes::Process;

/// The time that a program has to end by itself.
const GRACE: Duration = Duration::from_secs(25);

/// A child process that ends with its parent. It gets SIGTERM when this value is dropped or this
/// process dies in any way, and SIGKILL after a grace period.
pub struct ChildGuard {
    wrapper: Child,
    /// Closing this pipe is the signal to end.
    stdin: Option<ChildStdin>,
    pid: u32,
    log: PathBuf,
    ended: Option<ExitStatus>,
}

/// Another user to run a program as: some programs refuse to run as `root`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunAs {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl ChildGuard {
    /// Starts a program that is no part of a shop. It gets only the environment in `command`, and
    /// its output goes to `log`.
    pub fn hold(command: &Command, log: &Path) -> Result<Self> {
        Self::start(command, None, log)
    }

    /// Starts `command` (its program, arguments and environment), with its output in `log`.
    pub(crate) fn start(command: &Command, user: Option<RunAs>, log: &Path) -> Result<Self> {
        Self::start_with_grace(command, user, log, GRACE)
    }

    /// Does the same as [`start`](Self::start), with a given time to end after SIGTERM.
    pub(crate) fn start_with_grace(
        command: &Command,
        user: Option<RunAs>,
        log: &Path,
        grace: Duration,
    ) -> Result<Self> {
        if let Some(parent) = log.parent() {
            fs::create_dir_all(parent)?;
        }
        let output = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| log.display().to_string())?;
        let mut wrapper = Command::new("sh");
        wrapper
            .arg("-c")
            .arg(include_str!("child_guard.sh"))
            .arg("child_guard")
            .arg((grace.as_millis() / 100).to_string());
        wrapper.arg(command.get_program()).args(command.get_args());
        wrapper.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(directory) = command.get_current_dir() {
            wrapper.current_dir(directory);
        }
        if let Some(user) = user {
            wrapper.uid(user.uid).gid(user.gid);
        }
        // A process group of its own: Ctrl-C reaches this process alone, which stops its children
        // in order.
        wrapper.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(output);
        let mut wrapper =
            wrapper.spawn().with_context(|| format!("start {}", command.get_program().display()))?;
        let mut said = String::new();
        let stdout = wrapper.stdout.take().context("the wrapper's output")?;
        BufReader::new(stdout).read_line(&mut said)?;
        let pid = said
            .trim()
            .parse()
            .with_context(|| format!("the process id of {}", command.get_program().display()))?;
        let stdin = wrapper.stdin.take();
        note(pid, log)?;
        Ok(Self { wrapper, stdin, pid, log: log.to_owned(), ended: None })
    }

    /// The process id of the program itself.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Returns the exit status if the program has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.wrapper.try_wait().ok().flatten();
        }
        self.ended
    }

    /// Returns the last `count` lines of the log.
    #[must_use]
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        let text =
            fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(count)).map(ToString::to_string).collect()
    }

    /// Sends a signal, such as `KILL`.
    pub fn signal(&self, name: &str) -> Result<()> {
        // Another process may have the id of a process that has ended.
        anyhow::ensure!(self.ended.is_none(), "process {} has ended", self.pid);
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.pid.to_string())
            .stderr(Stdio::null())
            .status()?;
        anyhow::ensure!(sent.success(), "process {} is gone", self.pid);
        Ok(())
    }

    /// Kills the program as a crash would, and waits until it is gone. A program that has ended
    /// already is no error.
    pub async fn kill(&mut self) -> Result<()> {
        if self.ended().is_none() {
            // If the program ends by itself at this moment, the purpose is met.
            let _gone = self.signal("KILL");
        }
        self.wait(Duration::from_secs(10)).await
    }

    /// Stops the program in place, as a machine without free CPU time would.
    pub fn pause(&mut self) -> Result<()> {
        self.ended();
        self.signal("STOP")
    }

    /// Continues a paused program.
    pub fn resume(&mut self) -> Result<()> {
        self.ended();
        self.signal("CONT")
    }

    /// Ends the program, and blocks until it has ended.
    pub(crate) fn end(&mut self) {
        self.stdin = None;
        if self.ended.is_none() {
            self.ended = self.wrapper.wait().ok();
        }
    }

    /// Ends the program, and waits until it has ended.
    pub async fn stop(&mut self) -> Result<()> {
        self.stdin = None;
        self.wait(GRACE + Duration::from_secs(5)).await
    }

    /// Waits up to `limit` until the program has ended.
    pub async fn wait(&mut self, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        while self.ended().is_none() {
            anyhow::ensure!(Instant::now() < deadline, "process {} does not end", self.pid);
            sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }
}

/// Writes the process id beside the log. A later run finds by it the children of a killed process.
fn note(pid: u32, log: &Path) -> Result<()> {
    let Some(process) = Process::find(pid) else { return Ok(()) };
    let path = log.with_extension("pid");
    fs::write(&path, format!("{pid} {}\n", process.began)).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lives(pid: u32) -> bool {
        Command::new("kill").args(["-0", &pid.to_string()]).stderr(Stdio::null()).status().unwrap().success()
    }

    #[tokio::test]
    async fn dropped_guard_ends_program_and_keeps_output() {
        let log = std::env::temp_dir().join(format!("estore-child-guard-{}", std::process::id()));
        let mut program = Command::new("/bin/sh");
        program.args(["-c", "echo one; echo two >&2; exec sleep 1000"]);
        let guard = ChildGuard::start(&program, None, &log).unwrap();
        let pid = guard.pid();
        assert!(lives(pid));
        let deadline = Instant::now() + Duration::from_secs(10);
        while guard.last_lines(9) != ["one", "two"] && Instant::now() < deadline {
            tokio::task::yield_now().await;
        }
        assert_eq!(guard.last_lines(1), ["two"]);
        // Dropping closes the pipe, as the end of this process does, however it comes.
        drop(guard);
        while lives(pid) {
            assert!(Instant::now() < deadline, "it still lives");
            tokio::task::yield_now().await;
        }
        fs::remove_file(log).unwrap();
    }

    #[tokio::test]
    async fn paused_program_stops_and_kill_is_repeatable() {
        let log = std::env::temp_dir().join(format!("estore-child-guard-paused-{}", std::process::id()));
        let mut program = Command::new("/bin/sh");
        program.args(["-c", "exec sleep 1000"]);
        let mut guard = ChildGuard::start(&program, None, &log).unwrap();
        guard.pause().unwrap();
        let began = Instant::now();
        guard.stop().await.unwrap();
        assert!(began.elapsed() < GRACE, "it was not let go on");
        guard.kill().await.unwrap();
        assert!(guard.signal("TERM").is_err() && guard.pause().is_err() && guard.resume().is_err());

        let mut guard = ChildGuard::start(&program, None, &log).unwrap();
        let pid = guard.pid();
        guard.kill().await.unwrap();
        assert!(!lives(pid) && guard.ended().is_some());
        fs::remove_file(log).unwrap();
    }

    /// Runs itself once more, as the process that is killed.
    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "it tells the two apart")]
    async fn paused_program_ends_when_its_parent_is_killed() {
        if let Some(told) = std::env::var_os("ESTORE_CHILD_GUARD_HOLDER").map(PathBuf::from) {
            let mut program = Command::new("/bin/sh");
            program.args(["-c", "trap '' HUP; exec sleep 1000"]);
            let mut guard = ChildGuard::start(&program, None, &told.with_extension("log")).unwrap();
            guard.pause().unwrap();
            fs::write(told, guard.pid().to_string()).unwrap();
            let own = std::process::id().to_string();
            Command::new("kill").args(["-KILL", &own]).status().unwrap();
            unreachable!("it is dead");
        }
        let told = std::env::temp_dir().join(format!("estore-child-guard-held-{}", std::process::id()));
        let name = "child_guard::tests::paused_program_ends_when_its_parent_is_killed";
        let mut holder = Command::new(std::env::current_exe().unwrap());
        holder.args(["--exact", name]).env("ESTORE_CHILD_GUARD_HOLDER", &told);
        assert!(!holder.output().unwrap().status.success());
        let pid = fs::read_to_string(&told).unwrap().parse().unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        while lives(pid) {
            assert!(Instant::now() < deadline, "it still lives");
            tokio::task::yield_now().await;
        }
        fs::remove_file(told.with_extension("log")).unwrap();
        fs::remove_file(told).unwrap();
    }
}
