//! Child processes that never outlive us.

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

/// How long a program may take to end by itself.
const GRACE: Duration = Duration::from_secs(25);

/// A program on a leash: it gets SIGTERM when this is dropped or this process dies in whatever way, and SIGKILL later.
pub struct Leashed {
    wrapper: Child,
    /// Closing it is the signal.
    leash: Option<ChildStdin>,
    pid: u32,
    log: PathBuf,
    ended: Option<ExitStatus>,
}

/// Another user to run as, as `root` may not run everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunAs {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Leashed {
    /// Starts a program that is no part of a shop, with nothing but the environment in `command`, and its output in `log`.
    pub fn hold(command: &Command, log: &Path) -> Result<Self> {
        Self::start(command, None, log)
    }

    /// Starts `command` (its program, arguments, environment), with its output in `log`.
    pub(crate) fn start(command: &Command, user: Option<RunAs>, log: &Path) -> Result<Self> {
        Self::start_with_grace(command, user, log, GRACE)
    }

    /// The same for a program that may take so long to end by itself, once told to.
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
            .arg(include_str!("leash.sh"))
            .arg("leash")
            .arg((grace.as_millis() / 100).to_string());
        wrapper.arg(command.get_program()).args(command.get_args());
        wrapper.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(directory) = command.get_current_dir() {
            wrapper.current_dir(directory);
        }
        if let Some(user) = user {
            wrapper.uid(user.uid).gid(user.gid);
        }
        // A group of its own: Ctrl-C is for us, and we stop things in order.
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
        let leash = wrapper.stdin.take();
        note(pid, log)?;
        Ok(Self { wrapper, leash, pid, log: log.to_owned(), ended: None })
    }

    /// The program's own process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// How it ended, where it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.wrapper.try_wait().ok().flatten();
        }
        self.ended
    }

    /// Its last `count` lines.
    #[must_use]
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        let text =
            fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(count)).map(ToString::to_string).collect()
    }

    /// Sends a signal, such as `KILL`.
    pub fn signal(&self, name: &str) -> Result<()> {
        // The number of a process that has ended may be another's by now.
        anyhow::ensure!(self.ended.is_none(), "process {} has ended", self.pid);
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.pid.to_string())
            .stderr(Stdio::null())
            .status()?;
        anyhow::ensure!(sent.success(), "process {} is gone", self.pid);
        Ok(())
    }

    /// Kills it as a crash would, and waits until it is gone; it may be already.
    pub async fn kill(&mut self) -> Result<()> {
        if self.ended().is_none() {
            // Where it ends by itself just now, that is what was wanted.
            let _gone = self.signal("KILL");
        }
        self.wait(Duration::from_secs(10)).await
    }

    /// Stops it where it stands, as a machine without power to spare would.
    pub fn pause(&mut self) -> Result<()> {
        self.ended();
        self.signal("STOP")
    }

    /// Lets it go on.
    pub fn resume(&mut self) -> Result<()> {
        self.ended();
        self.signal("CONT")
    }

    /// Ends it, and blocks until it has.
    pub(crate) fn end(&mut self) {
        self.leash = None;
        if self.ended.is_none() {
            self.ended = self.wrapper.wait().ok();
        }
    }

    /// Ends it, and waits until it has.
    pub async fn stop(&mut self) -> Result<()> {
        self.leash = None;
        self.wait(GRACE + Duration::from_secs(5)).await
    }

    /// Waits until it has ended.
    pub async fn wait(&mut self, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        while self.ended().is_none() {
            anyhow::ensure!(Instant::now() < deadline, "process {} does not end", self.pid);
            sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }
}

/// Notes beside its log which process it is, for those who come after this process was killed.
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
    async fn a_program_ends_with_its_leash_and_its_output_is_kept() {
        let log = std::env::temp_dir().join(format!("estore-leash-{}", std::process::id()));
        let mut program = Command::new("/bin/sh");
        program.args(["-c", "echo one; echo two >&2; exec sleep 1000"]);
        let leashed = Leashed::start(&program, None, &log).unwrap();
        let pid = leashed.pid();
        assert!(lives(pid));
        let deadline = Instant::now() + Duration::from_secs(10);
        while leashed.last_lines(9) != ["one", "two"] && Instant::now() < deadline {
            tokio::task::yield_now().await;
        }
        assert_eq!(leashed.last_lines(1), ["two"]);
        // Dropping closes the pipe, as the end of this process would, in whatever way it came.
        drop(leashed);
        while lives(pid) {
            assert!(Instant::now() < deadline, "it still lives");
            tokio::task::yield_now().await;
        }
        fs::remove_file(log).unwrap();
    }

    #[tokio::test]
    async fn a_paused_program_can_be_stopped_and_a_dead_one_killed_again() {
        let log = std::env::temp_dir().join(format!("estore-leash-paused-{}", std::process::id()));
        let mut program = Command::new("/bin/sh");
        program.args(["-c", "exec sleep 1000"]);
        let mut leashed = Leashed::start(&program, None, &log).unwrap();
        leashed.pause().unwrap();
        let began = Instant::now();
        leashed.stop().await.unwrap();
        assert!(began.elapsed() < GRACE, "it was not let go on");
        leashed.kill().await.unwrap();
        assert!(leashed.signal("TERM").is_err() && leashed.pause().is_err() && leashed.resume().is_err());

        let mut leashed = Leashed::start(&program, None, &log).unwrap();
        let pid = leashed.pid();
        leashed.kill().await.unwrap();
        assert!(!lives(pid) && leashed.ended().is_some());
        fs::remove_file(log).unwrap();
    }

    /// This test runs itself once more, as the process that is killed.
    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "it tells the two apart")]
    async fn a_paused_program_ends_though_its_holder_is_killed() {
        if let Some(told) = std::env::var_os("ESTORE_LEASH_HOLDER").map(PathBuf::from) {
            let mut program = Command::new("/bin/sh");
            program.args(["-c", "trap '' HUP; exec sleep 1000"]);
            let mut leashed = Leashed::start(&program, None, &told.with_extension("log")).unwrap();
            leashed.pause().unwrap();
            fs::write(told, leashed.pid().to_string()).unwrap();
            let own = std::process::id().to_string();
            Command::new("kill").args(["-KILL", &own]).status().unwrap();
            unreachable!("it is dead");
        }
        let told = std::env::temp_dir().join(format!("estore-leash-held-{}", std::process::id()));
        let name = "leash::tests::a_paused_program_ends_though_its_holder_is_killed";
        let mut holder = Command::new(std::env::current_exe().unwrap());
        holder.args(["--exact", name]).env("ESTORE_LEASH_HOLDER", &told);
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
