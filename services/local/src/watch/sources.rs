//! Notices changed source files.

use std::{
    collections::BTreeMap,
    fs::{self, Metadata},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::parts::ROOTS;

/// The sources at one moment: the time and the size of each file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sources(BTreeMap<PathBuf, (SystemTime, u64)>);

impl Sources {
    /// Looks at every source file of `project`. An editor that saves may remove a file for a
    /// moment, so a file that cannot be read is absent.
    pub(super) fn of(project: &Path) -> Self {
        let mut found = BTreeMap::new();
        for root in ROOTS {
            visit(project, Path::new(root), &mut found);
        }
        Self(found)
    }

    /// Lists the files that are new, gone or different in `now`.
    pub(super) fn changed(&self, now: &Self) -> Vec<PathBuf> {
        let different = |(path, state): &(&PathBuf, &(SystemTime, u64))| now.0.get(*path) != Some(*state);
        let mut changed: Vec<PathBuf> =
            self.0.iter().filter(different).map(|(path, _)| path.clone()).collect();
        changed.extend(now.0.keys().filter(|path| !self.0.contains_key(*path)).cloned());
        changed
    }
}

fn visit(project: &Path, path: &Path, found: &mut BTreeMap<PathBuf, (SystemTime, u64)>) {
    let place = project.join(path);
    let Ok(metadata) = fs::symlink_metadata(&place) else { return };
    if metadata.is_dir() {
        for entry in fs::read_dir(&place).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if !is_noise(&name.to_string_lossy()) {
                visit(project, &path.join(name), found);
            }
        }
    } else if let Some(state) = state(&metadata) {
        found.insert(path.to_owned(), state);
    }
}

fn state(metadata: &Metadata) -> Option<(SystemTime, u64)> {
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Returns whether a name is that of a build directory, a hidden file or a backup of an editor.
fn is_noise(name: &str) -> bool {
    name == "target" || name.starts_with('.') || name.ends_with('~') || name.starts_with('#')
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn touched_new_and_removed_files_are_reported() {
        let project = std::env::temp_dir().join(format!("estore-sources-{}", std::process::id()));
        let of = |path: &str| project.join("services/payment/src").join(path);
        fs::create_dir_all(of("")).unwrap();
        for name in ["kept.rs", "touched.rs", "gone.rs"] {
            fs::write(of(name), "").unwrap();
        }
        let before = Sources::of(&project);
        assert!(before.changed(&Sources::of(&project)).is_empty());
        let touched = fs::File::options().write(true).open(of("touched.rs")).unwrap();
        let earlier = touched.metadata().unwrap().modified().unwrap() - Duration::from_secs(9);
        touched.set_modified(earlier).unwrap();
        fs::remove_file(of("gone.rs")).unwrap();
        for name in ["new.rs", ".new.rs.swp", "new.rs~"] {
            fs::write(of(name), "").unwrap();
        }
        let names: Vec<String> = before
            .changed(&Sources::of(&project))
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["gone.rs", "touched.rs", "new.rs"]);
        fs::remove_dir_all(project).unwrap();
    }
}
