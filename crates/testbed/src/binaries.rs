//! Finds the programs to run.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

/// Finds a program of this workspace: in `ESTORE_BIN_DIR`, or beside this program. Tests run from
/// `deps/`, so the parent directory is searched too.
#[expect(clippy::disallowed_methods, reason = "the testbed starts programs, and is no service")]
pub fn ours(name: &str) -> Result<PathBuf> {
    let beside = env::current_exe().context("the path of this program")?;
    let named = env::var_os("ESTORE_BIN_DIR").map(PathBuf::from);
    let places = named.into_iter().chain(beside.ancestors().skip(1).take(2).map(Path::to_path_buf));
    let found = places.map(|place| place.join(name)).find(|path| path.is_file());
    found.with_context(|| format!("{name} is not built; build it with: cargo build --workspace --bins"))
}

/// Returns the build directory of this program, above that of its profile.
///
/// # Errors
/// If the path of this program is unknown.
pub fn build_directory() -> Result<PathBuf> {
    let program = env::current_exe()?;
    let beside = program.parent().context("the path of this program")?;
    // A test is in `deps/` of its profile.
    let profile = if beside.ends_with("deps") { beside.parent() } else { Some(beside) };
    Ok(profile.and_then(Path::parent).context("a build directory")?.to_path_buf())
}

/// Finds a program of the machine: in `PATH`, or where Postgres, Redis and Prometheus packages
/// install theirs.
#[expect(clippy::disallowed_methods, reason = "the testbed starts programs, and is no service")]
pub fn installed(names: &[&str]) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = env::split_paths(&path).collect();
    places.extend(versions("/usr/lib/postgresql", "bin"));
    for brew in ["/opt/homebrew/opt", "/usr/local/opt"] {
        places.extend(
            ["postgresql@17", "postgresql@16", "postgresql@15", "postgresql", "redis", "prometheus"]
                .map(|package| Path::new(brew).join(package).join("bin")),
        );
    }
    for name in names {
        if let Some(found) = places.iter().map(|place| place.join(name)).find(|path| path.is_file()) {
            return Ok(found);
        }
    }
    bail!("{} is not installed", names.join(" or "))
}

/// Lists `<root>/<version>/<below>`, the highest version first.
fn versions(root: &str, below: &str) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(root) else { return Vec::new() };
    let mut found: Vec<PathBuf> = found.filter_map(|entry| Some(entry.ok()?.path())).collect();
    found.sort_by_key(|path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    found.into_iter().rev().map(|path| path.join(below)).collect()
}
