//! The operating system's settings for this process.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Protects memory, which holds keys, from disks and debuggers: it disables core dumps and, on
/// Linux, access by other processes of the same user. Also raises the limit on open files to its
/// maximum: in login sessions, the usual limit is a quarter of our connections.
pub fn harden() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    let files = getrlimit(Resource::Nofile);
    // If the system refuses, the current limit has to do.
    let _unchanged = setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files });
    Ok(())
}

/// Lets the kernel give small pages to this process. The allocator asks for huge pages, and a
/// service that uses 7 MB of them in many places then holds 22 MB.
pub fn use_small_pages() {
    // A sandbox may refuse it. Then the process only needs more memory.
    #[cfg(target_os = "linux")]
    let _refused = rustix::thread::disable_transparent_huge_pages(true);
}

/// Returns the maximum number of open files.
#[must_use]
pub fn files() -> usize {
    getrlimit(Resource::Nofile).current.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX)
}
