//! Processes of this machine, as the system reports them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A running process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// The name of the program, which the system may have truncated.
    pub(crate) name: String,
    /// Set if the process is stopped, as by SIGSTOP.
    pub(crate) is_stopped: bool,
    /// The start time: together with the id, it identifies a process for good.
    pub(crate) began: String,
}

impl Process {
    /// Returns the process with this id, if there is one that has not ended.
    pub(crate) fn find(pid: u32) -> Option<Self> {
        if cfg!(target_os = "linux") { Self::from_proc(pid) } else { Self::from_ps(pid) }
    }

    /// Parses `/proc/<pid>/stat`: `4711 (a name) S 1 …`. Field 22 is the start time since boot.
    fn from_proc(pid: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (head, rest) = text.rsplit_once(") ")?;
        let (_, name) = head.split_once('(')?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let (state, began) = (*fields.first()?, *fields.get(19)?);
        // The next boot counts from zero again.
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let began = format!("{began}@{}", boot.trim());
        Self::living(pid, name, state, began)
    }

    fn from_ps(pid: u32) -> Option<Self> {
        let mut ps = Command::new("ps");
        ps.args(["-o", "state=,lstart=,comm=", "-p", &pid.to_string()]).env("LC_ALL", "C");
        let output = ps.stderr(Stdio::null()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut words = text.split_whitespace();
        let state = words.next()?;
        let began = words.by_ref().take(5).collect::<Vec<_>>().join(" ");
        let program = words.collect::<Vec<_>>().join(" ");
        let name = Path::new(&program).file_name()?.to_string_lossy().into_owned();
        Self::living(pid, &name, state, began)
    }

    fn living(pid: u32, name: &str, state: &str, began: String) -> Option<Self> {
        let state = state.chars().next()?;
        // A zombie does nothing any more: it has ended, and its parent has not noticed yet.
        let lives = !matches!(state, 'Z' | 'X');
        lives.then(|| Self { pid, name: name.to_owned(), is_stopped: matches!(state, 'T' | 't'), began })
    }

    /// Lists the processes of the program `name` whose working directory is `directory`. Works on
    /// Linux alone.
    pub(crate) fn working_in(directory: &Path, name: &str) -> Vec<Self> {
        let Ok(all) = fs::read_dir("/proc") else { return Vec::new() };
        let pids = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        pids.filter(|pid| is_in(*pid, directory))
            .filter_map(Self::find)
            .filter(|one| one.name == name)
            .collect()
    }

    /// Sends a signal, such as `TERM`; returns `false` if that is not allowed, or the process has
    /// ended.
    pub(crate) fn signal(&self, name: &str) -> bool {
        let mut kill = Command::new("kill");
        kill.arg(format!("-{name}")).arg(self.pid.to_string()).stderr(Stdio::null());
        kill.status().is_ok_and(|status| status.success())
    }

    /// Reports whether the process still runs. Another process with the same id does not count.
    pub(crate) fn lives(&self) -> bool {
        Self::find(self.pid).is_some_and(|found| found.began == self.began)
    }
}

/// Reports whether the process with this id is stopped, as by SIGSTOP or Ctrl-Z.
#[must_use]
pub fn is_stopped(pid: u32) -> bool {
    Process::find(pid).is_some_and(|process| process.is_stopped)
}

fn is_in(pid: u32, directory: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|place: PathBuf| place == directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn process_is_known_by_number_and_beginning() {
        let own = Process::find(std::process::id()).unwrap();
        assert!(own.lives() && !own.is_stopped);
        assert!(!Process { began: "long ago".to_owned(), ..own.clone() }.lives());
        let here = std::env::current_dir().unwrap();
        assert!(!cfg!(target_os = "linux") || Process::working_in(&here, &own.name).contains(&own));
        assert_eq!(Process::working_in(&here, "another"), []);
    }

    #[test]
    fn process_that_ended_is_none() {
        let mut child = Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        assert_eq!(Process::find(pid), None);
    }
}
