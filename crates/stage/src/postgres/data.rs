//! The data directory: made by `initdb`, or, for tests, copied from one that was.

use std::{
    env, fs,
    io::Write,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result, ensure};

use super::place::{RunAs, own};
use crate::{binaries::installed, secrets};

/// The databases of the services, which a template has already.
const DATABASES: [&str; 2] = ["userdb", "verificationdb"];

const UNUSED: [&str; 2] = ["template0", "postgres"];

/// Makes `home/data` and `home/password`, where there are none, and answers the password. Data that is not `durable` is
/// copied from that of an earlier server, with its password: for tests, as it takes a second to make.
pub(super) fn prepare(home: &Path, user: Option<RunAs>, durable: bool) -> Result<String> {
    let password = home.join("password");
    if !home.join("data/PG_VERSION").exists() {
        let template = if durable { None } else { template(user)? };
        match template {
            Some(template) if template.exists() => {
                copy(&template.join("password"), &password)?;
                copy(&template.join("data"), &home.join("data"))?;
            }
            Some(template) => {
                initialise(home, user, &["--no-sync", "--wal-segsize=1"])?;
                create_databases(home, user)?;
                keep(home, &template)?;
            }
            None => initialise(home, user, &[])?,
        }
    }
    secrets::kept(&password, 24, false)
}

/// Where data is kept that can be copied: below the build's directory, and gone with it. `None` where there is no build.
fn template(user: Option<RunAs>) -> Result<Option<PathBuf>> {
    let program = env::current_exe()?;
    let build = program.ancestors().find(|path| path.ends_with("debug") || path.ends_with("release"));
    let Some(build) = build.and_then(Path::parent) else { return Ok(None) };
    let version = Command::new(installed(&["postgres"])?).arg("--version").output()?;
    let version: String =
        String::from_utf8_lossy(&version.stdout).chars().filter(char::is_ascii_alphanumeric).collect();
    let owner = user.map_or("own".to_owned(), |user| user.uid.to_string());
    Ok(Some(build.join("estore-stage").join(format!("{version}-{owner}"))))
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
    // Only whole data is ever called data.
    Ok(fs::rename(new, home.join("data"))?)
}

/// Makes the services' databases, and drops what nobody uses: the fewer files, the faster they are copied. Without a
/// server, which would take longer to start and stop.
fn create_databases(home: &Path, user: Option<RunAs>) -> Result<()> {
    let mut postgres = Command::new(installed(&["postgres"])?);
    postgres.args(["--single", "-F", "-D"]).arg(home.join("data")).arg("template1");
    let [created, dropped] = [DATABASES, UNUSED];
    // One statement a line.
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
    // Closed at once: that is its end.
    running.stdin.take().context("its input")?.write_all(input.as_bytes())?;
    let output = running.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {}", command.get_program().display(), said.trim());
    Ok(())
}

/// Keeps what was made for those that come later. Of two that do so at once, also in one process, one is
/// first, and either is good.
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

/// Copies a file or directory as it is, owner and all; never half of it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let new = to.with_extension("new");
    if new.is_dir() {
        fs::remove_dir_all(&new)?;
    }
    let copied = Command::new("cp").arg("-Rp").arg(from).arg(&new).output()?;
    ensure!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr).trim());
    Ok(fs::rename(new, to)?)
}
