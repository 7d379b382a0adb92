//! The files of the append-only log: a base, and the files appended since. A manifest lists them in
//! order.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

const DIRECTORY: &str = "appendonlydir";
const MANIFEST: &str = "appendonly.aof.manifest";

/// The file to which a server currently appends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppendOnlyFile {
    /// The path of the file.
    pub path: PathBuf,
    /// The size in bytes.
    pub size: u64,
}

/// Returns the file to which the server with its data in `directory` appends.
pub(super) fn current(directory: &Path) -> Result<AppendOnlyFile> {
    let manifest = directory.join(DIRECTORY).join(MANIFEST);
    let text = fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    let (_, file) = files(&text).rfind(|(kind, _)| *kind == "i").context("no file is appended to")?;
    let path = directory.join(DIRECTORY).join(file);
    let size = fs::metadata(&path).with_context(|| path.display().to_string())?.len();
    Ok(AppendOnlyFile { path, size })
}

/// Lists the type and name of each file, in order.
fn files(manifest: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    // file <name> seq <number> type <b, i, or h for a file that is to be deleted>
    manifest.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let name = words.by_ref().nth(1)?;
        Some((words.nth(3)?, name))
    })
}

/// Copies the log of the data in `from` to the directory `to`, with at most `cut` bytes of the last
/// file. With `link`, files that never change are linked, not copied.
pub(super) fn copy(from: &Path, to: &Path, cut: u64, link: bool) -> Result<()> {
    let (from, to) = (from.join(DIRECTORY), to.join(DIRECTORY));
    fs::create_dir_all(&to).with_context(|| to.display().to_string())?;
    let manifest = from.join(MANIFEST);
    let text = fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    let last = files(&text).rfind(|(kind, _)| *kind == "i").map(|(_, name)| name);
    for (_, name) in files(&text).filter(|(kind, _)| *kind != "h") {
        let (source, target) = (from.join(name), to.join(name));
        let copied = if Some(name) == last {
            copy_part(&source, &target, cut)
        } else if link {
            fs::hard_link(&source, &target).map(|()| 0)
        } else {
            fs::copy(&source, &target)
        };
        copied.with_context(|| source.display().to_string())?;
    }
    fs::write(to.join(MANIFEST), text)?;
    Ok(())
}

fn copy_part(from: &Path, to: &Path, bytes: u64) -> io::Result<u64> {
    io::copy(&mut File::open(from)?.take(bytes), &mut File::create_new(to)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifest_lists_files_in_order() {
        let text = "file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.1.incr.aof seq 1 type h\n\
                    file appendonly.aof.2.incr.aof seq 2 type i\nfile appendonly.aof.3.incr.aof seq 3 type i\n";
        let kinds: String = files(text).map(|(kind, _)| kind).collect();
        assert_eq!(kinds, "bhii");
        assert_eq!(files(text).next_back().unwrap().1, "appendonly.aof.3.incr.aof");
    }
}
