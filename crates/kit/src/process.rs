//! What the operating system is told about this process.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Keeps what is in memory, keys among it, from disks and debuggers: no core dump, and, on Linux, nobody of the same user may look in.
/// And lets this process open as many files as it may: where people log in, the usual limit is a quarter of our connections.
pub fn harden() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    let files = getrlimit(Resource::Nofile);
    // Where the system gives no more than it said, what there is has to do.
    let _unchanged = setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files });
    Ok(())
}

/// How many files may be open.
pub(crate) fn files() -> usize {
    getrlimit(Resource::Nofile).current.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX)
}
