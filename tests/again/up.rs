//! `./dev up`, run as a person runs it.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use estore_tests::{directory, program, project};

/// A run of `./dev up`.
pub(super) struct Up {
    process: Child,
    output: BufReader<std::process::ChildStdout>,
    /// The output so far.
    pub(super) said: String,
}

/// Creates an empty directory for a test.
pub(super) fn fresh(name: &str) -> PathBuf {
    let directory = directory(&format!("again-{name}"));
    estore_testbed::Shop::erase(&directory).unwrap();
    fs::create_dir_all(&directory).unwrap();
    fs::canonicalize(directory).unwrap()
}

impl Up {
    /// Starts a run on `directory`, with these settings in the caller's environment.
    pub(super) fn begin(directory: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program("estore-local"));
        command.arg("--dir").arg(directory).arg("up").args(arguments).envs(settings.iter().copied());
        command.current_dir(project()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, output, said: String::new() }
    }

    /// Starts a run and waits until the shop is up.
    pub(super) fn started(directory: &Path, settings: &[(&str, &str)]) -> Self {
        Self::started_as(directory, &["--free-ports"], settings)
    }

    /// Does the same, with these arguments.
    pub(super) fn started_as(directory: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut up = Self::begin(directory, arguments, settings);
        while !up.said.contains("E-Store is up.") || !up.said.contains("Verification ") {
            let read = up.output.read_line(&mut up.said).unwrap();
            assert!(read > 0, "{}", up.failed());
        }
        up
    }

    /// Waits until the run prints a line with `words`.
    pub(super) fn says(&mut self, words: &str) {
        let from = self.said.len();
        while !self.said.get(from..).unwrap_or_default().contains(words) {
            let read = self.output.read_line(&mut self.said).unwrap();
            assert!(read > 0, "it ended without {words}: {}", self.said);
        }
    }

    /// Returns the address that the run printed after `name`.
    pub(super) fn address(&self, name: &str) -> String {
        let line = self.said.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().replace("localhost", "127.0.0.1")
    }

    /// Waits until the run fails, and returns its error output.
    pub(super) fn failed(mut self) -> String {
        use std::io::Read;
        self.output.read_to_string(&mut self.said).unwrap();
        let mut complaint = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        assert!(!self.process.wait().unwrap().success(), "{}", self.said);
        complaint
    }

    pub(super) fn url(&self, service: &str) -> String {
        let line = self.said.lines().find_map(|line| line.trim().strip_prefix(service)).unwrap();
        line.trim().strip_suffix("/docs").unwrap().replace("localhost", "127.0.0.1")
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Sends the run a signal, such as `STOP`.
    pub(super) fn signal(&self, name: &str) {
        signal(name, &[self.pid()]);
    }

    /// Ends the run as Ctrl-C does.
    pub(super) fn stop(mut self) {
        self.signal("INT");
        assert!(self.process.wait().unwrap().success());
    }

    /// Kills the run and the shells that watch its programs, so that the programs live on.
    pub(super) fn kill_with_watchers(mut self) {
        let listed = Command::new("ps").args(["-A", "-o", "ppid=,pid="]).output().unwrap();
        let text = String::from_utf8(listed.stdout).unwrap();
        let own = self.pid().to_string();
        let pairs = text.lines().filter_map(|line| line.trim().split_once(' '));
        let watchers: Vec<u32> =
            pairs.filter(|(parent, _)| *parent == own).map(|(_, pid)| pid.trim().parse().unwrap()).collect();
        let below: Vec<u32> = text
            .lines()
            .filter_map(|line| line.trim().split_once(' '))
            .filter(|(parent, _)| watchers.iter().any(|watcher| watcher.to_string() == *parent))
            .map(|(_, pid)| pid.trim().parse().unwrap())
            .collect();
        // Stops all of them first, so that none reacts to the end of another.
        signal("STOP", &watchers);
        let shells: Vec<u32> = below.into_iter().filter(|pid| is_shell(*pid)).collect();
        signal("KILL", &shells);
        signal("KILL", &watchers);
        self.signal("KILL");
        self.process.wait().unwrap();
    }
}

/// Leaves nothing running if a test fails.
impl Drop for Up {
    fn drop(&mut self) {
        if self.process.try_wait().unwrap().is_none() {
            self.signal("CONT");
            self.signal("TERM");
            let _status = self.process.wait();
        }
    }
}

fn is_shell(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm"))
        .is_ok_and(|name| matches!(name.trim(), "sh" | "dash" | "bash"))
}

pub(super) fn signal(name: &str, pids: &[u32]) {
    let pids = pids.iter().map(u32::to_string);
    Command::new("kill").arg(format!("-{name}")).args(pids).stderr(Stdio::null()).status().unwrap();
}
