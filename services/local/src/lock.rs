//! Allows one shop in each directory.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::Path,
};

use anyhow::{Context, Result, bail};
use estore_testbed::is_stopped;

/// Locks the directory for this process until the file is dropped. If it is locked, the error names
/// the holder and tells how to proceed.
pub(crate) fn lock(directory: &Path) -> Result<File> {
    let path = directory.join("lock");
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = open.with_context(|| path.display().to_string())?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            bail!("another E-Store runs in {}{}", directory.display(), holder(&mut file))
        }
        Err(TryLockError::Error(error)) => return Err(error).with_context(|| path.display().to_string()),
    }
    // A full disk is no reason to fail: the directory can still be erased.
    let _unsaid = note(&mut file);
    Ok(file)
}

fn note(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

/// Describes the holder of the lock, if the file names it.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
    match pid {
        Some(pid) if is_stopped(pid) => format!(
            " and is suspended: kill -CONT {pid} resumes it, kill -KILL {pid} ends it and everything that it started"
        ),
        Some(pid) => format!(": end it with Ctrl-C where it was started, or with kill {pid}"),
        None => ": end it with Ctrl-C where it was started".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_holder_learns_of_the_first() {
        let directory = std::env::temp_dir().join(format!("estore-local-lock-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let first = lock(&directory).unwrap();
        let refused = lock(&directory).unwrap_err().to_string();
        assert!(refused.contains(&format!("kill {}", std::process::id())), "{refused}");
        drop(first);
        drop(lock(&directory).unwrap());
        std::fs::remove_dir_all(directory).unwrap();
    }
}
