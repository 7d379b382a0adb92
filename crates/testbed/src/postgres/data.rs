//! The data directory: made by `initdb`, or, for tests, copied from an earlier one.

use std::{
    fs,
    io::Write,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result, ensure};

use super::place::{RunAs, own};
use crate::{
    binaries::{build_directory, installed},
    secrets,
};

/// The databases of the services. The template contains them already.
const DATABASES: [&str; 2] = ["userdb", "verificationdb"];

const UNUSED: [&str; 2] = ["template0", "postgres"];

/// Creates `home/data` and `home/password` if they do not exist, and returns the password. Data
/// that is not `durable` is copied from that of an earlier server, with its password. This is for
/// tests, as `initdb` takes a second.
pub(super) fn prepare(home: &Path, user: Option<RunAs>, durable: bool) -> Result<String> {
    let password = home.join("password");
    if !home.join("data/PG_VERSION").exists() {
        if durable {
            initialise(home, user, &[])?;
        } else {
            copied(home, user, &template(user)?)?;
        }
    }
    secrets::kept(&password, 24, false)
}

/// Copies `template`, or makes it if it is not there.
fn copied(home: &Path, user: Option<RunAs>, template: &Path) -> Result<()> {
    if template.exists() {
        copy(&template.join("password"), &home.join("password"))?;
        return copy(&template.join("data"), &home.join("data"));
    }
    initialise(home, user, &["--no-sync", "--wal-segsize=1"])?;
    create_databases(home, user)?;
    keep(home, template)
}

/// Returns the directory for reusable data: below the build directory, so that it disappears with
/// it.
fn template(user: Option<RunAs>) -> Result<PathBuf> {
    let version = Command::new(installed(&["postgres"])?).arg("--version").output()?;
    let version: String =
        String::from_utf8_lossy(&version.stdout).chars().filter(char::is_ascii_alphanumeric).collect();
    let owner = user.map_or("own".to_owned(), |user| user.uid.to_string());
    Ok(build_directory()?.join("estore-testbed").join(format!("{version}-{owner}")))
}

fn initialise(home: &Path, user: Option<RunAs>, options: &[&str]) -> Result<()> {
    let (password, new) = (home.join("password"), home.join("data.new"));
    secrets::kept(&password, 24, true)?;
    own(&password, user)?;
    if new.exists() {
        fs::remove_dir_all(&new)?;
    }
    let mut init = Command::new(installed(&["initdb"])?);
    init.arg("-D").arg(&new).args(["-U", "estore", "-E", "UTF8", "--no-locale", "--auth=scram-sha-256"]);
    init.args(options).arg(format!("--pwfile={}", password.display()));
    run(&mut init, home, user, "")?;
    // Only complete data gets the final name.
    Ok(fs::rename(new, home.join("data"))?)
}

/// Creates the databases of the services, and drops the unused ones: fewer files copy faster. Uses
/// single-user mode, as a server takes longer to start and stop.
fn create_databases(home: &Path, user: Option<RunAs>) -> Result<()> {
    let mut postgres = Command::new(installed(&["postgres"])?);
    postgres.args(["--single", "-F", "-D"]).arg(home.join("data")).arg("template1");
    let [created, dropped] = [DATABASES, UNUSED];
    // Single-user mode reads one statement a line.
    let statements = [
        created.map(|name| format!("CREATE DATABASE {name}\n")).concat(),
        "UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'\n".to_owned(),
        dropped.map(|name| format!("DROP DATABASE {name}\n")).concat(),
    ];
    run(&mut postgres, home, user, &statements.concat())
}

fn run(command: &mut Command, home: &Path, user: Option<RunAs>, input: &str) -> Result<()> {
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command.current_dir(home).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut running = command.spawn()?;
    // The pipe closes at once, which ends the input.
    running.stdin.take().context("its input")?.write_all(input.as_bytes())?;
    let output = running.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {}", command.get_program().display(), said.trim());
    Ok(())
}

/// Keeps the new data for later servers. If two callers do so at once, even in one process, the
/// first wins, and either copy is good.
fn keep(home: &Path, template: &Path) -> Result<()> {
    static COPIES: AtomicU32 = AtomicU32::new(0);
    let copy_number = COPIES.fetch_add(1, Ordering::Relaxed);
    let new = template.with_extension(format!("{}-{copy_number}", std::process::id()));
    fs::create_dir_all(&new).with_context(|| new.display().to_string())?;
    for part in ["password", "data"] {
        copy(&home.join(part), &new.join(part))?;
    }
    if fs::rename(&new, template).is_err() {
        fs::remove_dir_all(&new)?;
    }
    Ok(())
}

/// Copies a file or directory with its owner, never half of it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let new = to.with_extension("new");
    if new.is_dir() {
        fs::remove_dir_all(&new)?;
    }
    let copied = Command::new("cp").arg("-Rp").arg(from).arg(&new).output()?;
    ensure!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr).trim());
    Ok(fs::rename(new, to)?)
}
