//! Finds a directory for the data, and sets its owner.

use std::{
    fs::{self, Permissions},
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

pub(super) use crate::child_guard::RunAs;

/// Finds the user to run as. Postgres refuses to run as root, so root runs it as the user of its
/// package, or as nobody.
pub(super) fn other_user() -> Result<Option<RunAs>> {
    let own = Command::new("id").arg("-u").output()?;
    if String::from_utf8_lossy(&own.stdout).trim() != "0" {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some(RunAs { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
    };
    Ok(Some(find("postgres").or_else(|| find("nobody")).context("a user to run Postgres as")?))
}

/// Returns the directory of the data: `directory`, or, if the other user cannot reach it, a
/// directory named by the hash of its path.
pub(super) fn home(directory: &Path, user: Option<RunAs>) -> Result<PathBuf> {
    fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
    let directory = fs::canonicalize(directory)?;
    let Some(user) = user else { return Ok(directory) };
    let parent = directory.parent().unwrap_or(&directory);
    let reachable =
        Command::new("test").arg("-x").arg(parent).uid(user.uid).gid(user.gid).status()?.success();
    let home = if reachable { directory } else { elsewhere(&directory) };
    fs::create_dir_all(&home)?;
    own(&home, Some(user))?;
    fs::set_permissions(&home, Permissions::from_mode(0o700))?;
    Ok(home)
}

pub(super) fn elsewhere(directory: &Path) -> PathBuf {
    let mut hash = DefaultHasher::new();
    fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned()).hash(&mut hash);
    PathBuf::from(format!("/var/tmp/estore-{:016x}", hash.finish()))
}

pub(super) fn own(path: &Path, user: Option<RunAs>) -> Result<()> {
    match user {
        Some(user) if fs::metadata(path)?.uid() != user.uid => {
            Ok(chown(path, Some(user.uid), Some(user.gid))?)
        }
        _ => Ok(()),
    }
}
