//! Stops the other processes of this program for a while (`freeze --seconds n`), as a machine
//! without free CPU time would. Demos call it in the container of a service, which has no shell.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, getpid, kill_process},
};
use tokio::{
    runtime, select,
    signal::unix::{SignalKind, signal},
    time::sleep,
};

use crate::start_error::StartError;

/// The command's first argument, by which its own processes are recognised.
pub(crate) const COMMAND: &str = "freeze";

/// The other processes of this program in the container.
#[derive(Debug, Default, PartialEq, Eq)]
struct Others {
    services: Vec<Pid>,
    /// Commands like this one.
    commands: Vec<Pid>,
}

/// The processes that are stopped. They continue when this value is dropped.
struct Stopped(Vec<Pid>);

impl Drop for Stopped {
    fn drop(&mut self) {
        resume(&self.0);
    }
}

/// Stops the other processes of this program, prints a line once they are stopped, and continues
/// them after `seconds`, on SIGTERM or on SIGINT. 0 seconds only continue them, and end the
/// commands that would do so later: each would cut the next freeze short.
pub(crate) fn freeze(seconds: u64) -> Result<ExitCode, StartError> {
    let Others { services, commands } = others(Path::new("/proc"))?;
    if seconds == 0 {
        send(&commands, Signal::TERM);
        resume(&services);
        writeln!(io::stdout(), "continued {} processes", services.len())?;
        return Ok(ExitCode::SUCCESS);
    }
    if services.is_empty() {
        return Err(StartError::Other("no other process of this program was found".into()));
    }
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let stopped = Stopped(services);
        for pid in &stopped.0 {
            kill_process(*pid, Signal::STOP).map_err(io::Error::from)?;
        }
        // The caller may be gone already; the processes continue in any case.
        let _unread = writeln!(io::stdout(), "stopped {} processes", stopped.0.len());
        select! {
            () = sleep(Duration::from_secs(seconds)) => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn resume(pids: &[Pid]) {
    send(pids, Signal::CONT);
}

fn send(pids: &[Pid], signal: Signal) {
    for pid in pids {
        match kill_process(*pid, signal) {
            // A process that has ended needs nothing.
            Ok(()) | Err(Errno::SRCH) => {}
            Err(error) => {
                let _unwritable = writeln!(io::stderr(), "{pid:?} cannot get {signal:?}: {error}");
            }
        }
    }
}

/// Finds the other processes with the name of this one. Their executables cannot be compared: the
/// services let no other process look at theirs.
fn others(proc: &Path) -> io::Result<Others> {
    let own = getpid();
    let name = fs::read(proc.join("self/comm"))?;
    let mut found = Others::default();
    for entry in fs::read_dir(proc)? {
        let entry = entry?;
        let Some(pid) = entry.file_name().to_str().and_then(pid) else { continue };
        // A process may end meanwhile.
        let (Ok(comm), Ok(line)) =
            (fs::read(entry.path().join("comm")), fs::read(entry.path().join("cmdline")))
        else {
            continue;
        };
        if pid == own || comm != name {
            continue;
        }
        let is_freezing = line.split(|byte| *byte == 0).nth(1) == Some(COMMAND.as_bytes());
        let list = if is_freezing { &mut found.commands } else { &mut found.services };
        list.push(pid);
    }
    Ok(found)
}

fn pid(name: &str) -> Option<Pid> {
    Pid::from_raw(name.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn process(proc: &Path, name: &str, comm: &str, line: &str) {
        let directory = proc.join(name);
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("comm"), format!("{comm}\n")).unwrap();
        fs::write(directory.join("cmdline"), line).unwrap();
    }

    #[test]
    fn only_other_processes_of_the_program_are_found() {
        let proc: PathBuf = std::env::temp_dir().join(format!("estore-freeze-{}", std::process::id()));
        let own = getpid().as_raw_nonzero().to_string();
        process(&proc, "self", "estore", "/estore\0freeze\0");
        process(&proc, &own, "estore", "/estore\0freeze\0");
        process(&proc, "7", "estore", "/estore\0");
        process(&proc, "8", "pause", "/pause\0");
        process(&proc, "9", "estore", "/estore\0freeze\0--seconds\x005\0");
        process(&proc, "net", "estore", "/estore\0");
        fs::create_dir_all(proc.join("10")).unwrap();
        let found = others(&proc).unwrap();
        let of = |pid: &str| vec![super::pid(pid).unwrap()];
        assert_eq!(found, Others { services: of("7"), commands: of("9") });
        fs::remove_dir_all(proc).unwrap();
    }
}
