//! A private Postgres.

use std::{
    fs::{self, Permissions},
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::time::sleep;

use crate::{
    binaries::installed,
    leash::{Leashed, RunAs},
    ports::free_port,
    secrets,
};

/// A server of our own, with its data in its own directory.
pub struct Postgres {
    process: Leashed,
    home: PathBuf,
    port: u16,
    password: String,
    user: Option<RunAs>,
    durable: bool,
}

impl Postgres {
    /// Starts on the data below `directory`, which is made where there is none. Without `durable` it forgets what a crash
    /// of the machine interrupts, and is faster: for tests.
    pub async fn start(directory: &Path, durable: bool) -> Result<Self> {
        let user = other_user()?;
        let home = home(directory, user)?;
        let password = secrets::kept(&home.join("password"), 24)?;
        own(&home.join("password"), user)?;
        if !home.join("data/PG_VERSION").exists() {
            initialise(&home, user)?;
        }
        let (port, log) = (free_port()?, home.join("postgres.log"));
        let process = launch(&home, port, durable, user, &log)?;
        let mut postgres = Self { process, home, port, password, user, durable };
        postgres.wait().await?;
        Ok(postgres)
    }

    /// The URL of a database, which is made where there is none.
    pub fn database(&self, name: &str) -> Result<String> {
        let there = self.sql("postgres", &format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"))?;
        if there.trim().is_empty() {
            self.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        }
        Ok(format!(
            "postgresql://estore:{}@127.0.0.1:{}/{name}",
            self.password.replace('/', "%2F").replace('+', "%2B"),
            self.port
        ))
    }

    /// What a statement answers, as `psql` shows it.
    pub fn sql(&self, database: &str, statement: &str) -> Result<String> {
        let mut psql = Command::new(installed(&["psql"])?);
        psql.args([
            "-h",
            "127.0.0.1",
            "-p",
            &self.port.to_string(),
            "-U",
            "estore",
            "-d",
            database,
            "-w",
            "-qtAX",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            statement,
        ]);
        let output = psql.env("PGPASSWORD", &self.password).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The process, to be watched.
    pub fn process(&mut self) -> &mut Leashed {
        &mut self.process
    }

    /// Kills it as a crash would, and starts it again on the same data and port.
    pub async fn crash_and_restart(&mut self) -> Result<()> {
        self.process.signal("KILL")?;
        self.process.wait(Duration::from_secs(10)).await?;
        let deadline = Instant::now() + Duration::from_secs(20);
        // The server's own children notice its death a moment later, and hold the data until then.
        while !crate::ports::is_free(self.port) {
            ensure!(Instant::now() < deadline, "port {} stays taken", self.port);
            sleep(Duration::from_millis(20)).await;
        }
        self.process =
            launch(&self.home, self.port, self.durable, self.user, &self.home.join("postgres.log"))?;
        self.wait().await
    }

    async fn wait(&mut self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            if self.sql("postgres", "SELECT 1").is_ok() {
                return Ok(());
            }
            if let Some(status) = self.process.ended() {
                bail!("Postgres ended ({status}):\n{}", self.process.last_lines(10).join("\n"));
            }
            ensure!(Instant::now() < deadline, "Postgres does not answer");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Stops it.
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await
    }

    /// Erases the data that [`Postgres::start`] keeps for `directory`, also where it had to be put elsewhere.
    pub fn erase(directory: &Path) -> Result<()> {
        for place in [directory.to_owned(), elsewhere(directory)] {
            if place.exists() {
                fs::remove_dir_all(&place).with_context(|| place.display().to_string())?;
            }
        }
        Ok(())
    }
}

fn launch(home: &Path, port: u16, durable: bool, user: Option<RunAs>, log: &Path) -> Result<Leashed> {
    let mut server = Command::new(installed(&["postgres"])?);
    server.arg("-D").arg(home.join("data")).arg("-p").arg(port.to_string()).arg("-k").arg("");
    server.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]);
    if !durable {
        server.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
    }
    server.env("LC_ALL", "C").current_dir(home);
    Leashed::start(&server, user, log)
}

fn initialise(home: &Path, user: Option<RunAs>) -> Result<()> {
    let mut init = Command::new(installed(&["initdb"])?);
    init.arg("-D").arg(home.join("data")).args([
        "-U",
        "estore",
        "-E",
        "UTF8",
        "--no-locale",
        "--auth=scram-sha-256",
    ]);
    init.arg(format!("--pwfile={}", home.join("password").display())).current_dir(home);
    if let Some(user) = user {
        init.uid(user.uid).gid(user.gid);
    }
    let output = init.output().context("initdb")?;
    ensure!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

/// Postgres does not run as root: then as the user of its package, or as nobody.
fn other_user() -> Result<Option<RunAs>> {
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

/// Where the data is: `directory`, or, where the other user cannot get there, a directory of the same name's hash.
fn home(directory: &Path, user: Option<RunAs>) -> Result<PathBuf> {
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

fn elsewhere(directory: &Path) -> PathBuf {
    let mut hash = DefaultHasher::new();
    fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned()).hash(&mut hash);
    PathBuf::from(format!("/var/tmp/estore-{:016x}", hash.finish()))
}

fn own(path: &Path, user: Option<RunAs>) -> Result<()> {
    match user {
        Some(user) if fs::metadata(path)?.uid() != user.uid => {
            Ok(chown(path, Some(user.uid), Some(user.gid))?)
        }
        _ => Ok(()),
    }
}
