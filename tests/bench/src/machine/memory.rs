//! Memory of a tree of processes, and bytes on disk.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Result;
use rustix::param::page_size;

/// Resident bytes by program, such as `estore-payment`, `redis-server`, `postgres`.
pub(crate) type Memory = BTreeMap<String, u64>;

struct Process {
    parent: u32,
    name: String,
    bytes: u64,
}

/// Returns the resident memory of all processes below `root`. Pages that processes of one program
/// share (such as those of Postgres) count once for each process, unless they map the same memory.
pub(crate) fn resident(root: u32) -> Result<Memory> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // Skips a process that has ended meanwhile.
        if let Some(process) = process(pid) {
            all.insert(pid, process);
        }
    }
    Ok(sum(&all, root))
}

fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (head, rest) = stat.rsplit_once(") ")?;
    let (_, name) = head.split_once(" (")?;
    let parent = rest.split(' ').nth(1)?.parse().ok()?;
    let name = whole(pid, name);
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let mut pages = statm.split(' ').skip(1).map_while(|word| word.trim().parse::<u64>().ok());
    let (resident, shared) = (pages.next()?, pages.next()?);
    // Postgres maps its buffers into every process. They count once, with the common ancestor.
    let own = if name == "postgres" && parent != 1 && is_postgres(parent) {
        resident.saturating_sub(shared)
    } else {
        resident
    };
    Some(Process { parent, name, bytes: own * page_size() as u64 })
}

/// Returns the name of a program. The kernel cuts it after 15 bytes; the program's file has the
/// rest.
fn whole(pid: u32, name: &str) -> String {
    let file = fs::read_link(format!("/proc/{pid}/exe")).ok();
    let file = file.as_deref().and_then(Path::file_name).and_then(|file| file.to_str());
    file.filter(|file| name.len() == 15 && file.starts_with(name)).unwrap_or(name).to_owned()
}

fn is_postgres(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres")
}

fn sum(all: &BTreeMap<u32, Process>, root: u32) -> Memory {
    let mut found = Memory::new();
    for (pid, process) in all {
        if descends(all, *pid, root) && process.name != "sh" {
            *found.entry(process.name.clone()).or_default() += process.bytes;
        }
    }
    found
}

fn descends(all: &BTreeMap<u32, Process>, pid: u32, root: u32) -> bool {
    let mut at = pid;
    // Limits the depth, in case process ids are reused during the reading.
    for _ in 0..32 {
        if at == root {
            return true;
        }
        let Some(process) = all.get(&at) else { return false };
        at = process.parent;
    }
    false
}

/// Sums the sizes of all files below `directory`; 0 if there is none.
pub(crate) fn bytes_below(directory: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(directory) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => bytes_below(&entry.path()),
        // Files appear and disappear while a store runs.
        _ => entry.metadata().map_or(0, |file| file.len()),
    });
    sizes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_summed_below_the_root() {
        let one = |parent, name: &str, bytes| Process { parent, name: name.to_owned(), bytes };
        let all = BTreeMap::from([
            (1, one(0, "init", 9)),
            (10, one(1, "estore-local", 5)),
            (11, one(10, "sh", 1)),
            (12, one(11, "postgres", 7)),
            (13, one(12, "postgres", 3)),
            (20, one(1, "another", 4)),
        ]);
        let expected = [("estore-local".to_owned(), 5), ("postgres".to_owned(), 10)];
        assert_eq!(sum(&all, 10), Memory::from(expected));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn own_memory_is_found() {
        let own = resident(std::process::id()).unwrap();
        let whole = own.iter().find(|(name, _)| name.starts_with("estore_measure-"));
        assert!(whole.is_some_and(|(_, bytes)| *bytes > 100_000), "{own:?}");
    }
}
