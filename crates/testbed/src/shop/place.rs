//! Checks the directory of a shop: its owner, write access, free space, and the time of its data.

use std::{
    fs::{self, File},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, ensure};
use rustix::{fs::statvfs, process::geteuid};
use time::OffsetDateTime;

use crate::wait::Say;

/// The most that a start takes: two empty databases, logs, and room for the next orders.
const ROOM: u64 = 128 << 20;
/// Clock corrections up to this size are normal.
const USUAL: Duration = Duration::from_mins(1);

/// Creates the directory if it does not exist, and returns its full path. If a shop cannot work in
/// it, the error tells how to fix that.
pub fn prepare(directory: &Path) -> Result<PathBuf> {
    let name = directory.display();
    if !directory.exists() {
        fs::create_dir_all(directory).with_context(|| format!("{name} cannot be created"))?;
    }
    let directory = fs::canonicalize(directory).with_context(|| name.to_string())?;
    let name = directory.display();
    ensure!(directory.is_dir(), "{name} is not a directory: give another with --dir");
    let (owner, own) = (fs::metadata(&directory)?.uid(), geteuid().as_raw());
    ensure!(
        owner == own,
        "{name} belongs to {}, and this is {}: start it as its owner, give another directory with --dir, or change its owner (chown -R)",
        user(owner),
        user(own)
    );
    // Another start may be here at the same time: the directory is not locked yet.
    let probe = directory.join(format!("probe-{}", std::process::id()));
    File::create(&probe).with_context(|| {
        format!(
            "{name} cannot be written to: let its owner write there (chmod u+rwx), or give another with --dir"
        )
    })?;
    fs::remove_file(probe)?;
    ensure_room(&directory)?;
    Ok(directory)
}

/// Fails if the disk of `directory` is almost full.
pub(crate) fn ensure_room(directory: &Path) -> Result<()> {
    let disk = statvfs(directory).with_context(|| directory.display().to_string())?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    ensure!(
        free >= ROOM,
        "the disk of {} is full: {} MB are free, and a start takes {} MB. Make room, or give another directory with --dir",
        directory.display(),
        free >> 20,
        ROOM >> 20
    );
    // Some file systems have no limit of files.
    ensure!(
        disk.f_files == 0 || disk.f_favail > 5_000,
        "the disk of {} has room for {} more files only: remove some, or give another directory with --dir",
        directory.display(),
        disk.f_favail
    );
    Ok(())
}

/// Warns if the clock went back: the newest data has a later time than the clock.
#[expect(clippy::disallowed_methods, reason = "the testbed starts programs, and is no service")]
pub(super) fn tell_of_the_future(directory: &Path, say: Say<'_>) {
    let now = SystemTime::now();
    let newest = [directory.to_owned(), directory.join("redis/appendonlydir")].iter().flat_map(written).max();
    let Some(newest) = newest.filter(|newest| newest.duration_since(now).is_ok_and(|ahead| ahead > USUAL))
    else {
        return;
    };
    let [newest, now] = [newest, now].map(|time| {
        let time = OffsetDateTime::from(time);
        format!("{} {:02}:{:02} UTC", time.date(), time.hour(), time.minute())
    });
    say(&format!(
        "the clock went back: it is {now}, and this data was written at {newest}. Until then, orders in progress and used-up limits stay as they are. Correct the clock, or erase the data with ./dev reset"
    ));
}

/// Lists the modification times of the files in a directory.
fn written(directory: &PathBuf) -> Vec<SystemTime> {
    let files = fs::read_dir(directory).into_iter().flatten();
    files.filter_map(|file| file.ok()?.metadata().ok()?.modified().ok()).collect()
}

fn user(uid: u32) -> String {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    name.map_or_else(|| format!("user {uid}"), |name| format!("{name} (user {uid})"))
}
