//! A private Postgres server.

mod data;
mod place;
#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{net::TcpStream, task::spawn_blocking, time::sleep};

use crate::{
    binaries::installed,
    child_guard::{ChildGuard, RunAs},
    encryption::Encryption,
    ports::{free_port, is_free},
    processes::Process,
    shop::ensure_room,
    wait::{Say, Wait},
};

/// A private server, with its data in its own directory.
pub struct Postgres {
    process: ChildGuard,
    home: PathBuf,
    port: u16,
    password: String,
    user: Option<RunAs>,
    durable: bool,
    encrypted: bool,
}

/// Parts of the messages of a server that will accept clients later.
const BUSY: [&str; 4] = ["starting up", "not yet accepting", "shutting down", "recovery mode"];

/// A database that always exists.
const ANY: &str = "template1";

impl Postgres {
    /// Starts on the data below `directory`, and creates the data if there is none.
    ///
    /// Without `durable` the server is faster, but a crash of the machine may lose data. It also
    /// shares its password with other servers of this build. This is for tests. With `encryption`,
    /// it speaks TLS, too.
    pub async fn start(directory: &Path, durable: bool, encryption: Option<&Encryption>) -> Result<Self> {
        Self::start_telling(directory, durable, encryption, &|_| ()).await
    }

    /// Does the same as [`start`](Self::start), and reports to `say` how long the recovery takes.
    pub(crate) async fn start_telling(
        directory: &Path,
        durable: bool,
        encryption: Option<&Encryption>,
        say: Say<'_>,
    ) -> Result<Self> {
        let directory = directory.to_owned();
        let pair = encryption.map(|encryption| [encryption.certificate.clone(), encryption.key.clone()]);
        let encrypted = pair.is_some();
        let prepare = move || {
            let (user, home) = (place::other_user()?, Self::home(&directory)?);
            ensure_room(&home)?;
            let password = data::prepare(&home, user, durable)?;
            for (from, name) in pair.iter().flatten().zip(["server.crt", "server.key"]) {
                // Postgres requires that it owns these files.
                let to = home.join(name);
                fs::copy(from, &to).with_context(|| from.display().to_string())?;
                place::own(&to, user)?;
            }
            anyhow::Ok((home, password, user))
        };
        let (home, password, user) = spawn_blocking(prepare).await??;
        let port = free_port()?;
        let process = launch(&home, port, durable, encrypted, user, None)?;
        let mut postgres = Self { process, home, port, password, user, durable, encrypted };
        postgres.ready(say).await?;
        Ok(postgres)
    }

    /// Returns the directory of data and log for a server that [`start`](Self::start)s on
    /// `directory`.
    pub fn home(directory: &Path) -> Result<PathBuf> {
        place::home(directory, place::other_user()?)
    }

    /// The port on which the server listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The directory of data and log.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.home
    }

    /// Returns the URL of a database, and creates the database if there is none.
    pub fn database(&self, name: &str) -> Result<String> {
        let there = self.sql(ANY, &format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"))?;
        if there.trim().is_empty() {
            self.sql(ANY, &format!("CREATE DATABASE {name}"))?;
        }
        Ok(self.url_by(self.port, name))
    }

    /// Returns the URL of a database for clients that reach the server at `port`.
    pub(crate) fn url_by(&self, port: u16, name: &str) -> String {
        let password = self.password.replace('/', "%2F").replace('+', "%2B");
        format!("postgresql://estore:{password}@127.0.0.1:{port}/{name}")
    }

    /// The password of the only user.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// Executes a statement, and returns the answer as `psql` prints it.
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

    /// The server process, for tests that watch it.
    pub fn process(&mut self) -> &mut ChildGuard {
        &mut self.process
    }

    /// Kills the server as a crash would, and starts it again on the same data and port.
    pub async fn crash_and_restart(&mut self) -> Result<()> {
        self.kill().await?;
        self.start_again().await
    }

    /// Kills the server as a crash would. A server that is dead already is no error.
    pub async fn kill(&mut self) -> Result<()> {
        // Stopped children would never notice the death of the first process. Without `ps` nothing
        // was stopped.
        let children = self.children().unwrap_or_default();
        self.process.kill().await?;
        send("CONT", &children)
    }

    /// Starts the server again on the same data and port, and waits until it answers.
    pub async fn start_again(&mut self) -> Result<()> {
        self.gone().await?;
        self.process = launch(&self.home, self.port, self.durable, self.encrypted, self.user, None)?;
        self.recovered().await
    }

    /// Starts the server again on the same data and port, in a recovery that takes a few times
    /// `pause`. Meanwhile it accepts no clients, like a server that was killed under load.
    /// [`recovered`](Self::recovered) waits for the end.
    pub async fn start_recovering(&mut self, pause: Duration) -> Result<()> {
        self.gone().await?;
        let signal = self.home.join("data/recovery.signal");
        fs::write(&signal, "")?;
        place::own(&signal, self.user)?;
        self.process = launch(&self.home, self.port, self.durable, self.encrypted, self.user, Some(pause))?;
        Ok(())
    }

    /// Waits until all processes of the server are gone.
    async fn gone(&mut self) -> Result<()> {
        ensure!(self.process.ended().is_some(), "Postgres still runs");
        let (deadline, data) = (Instant::now() + Duration::from_secs(20), self.home.join("data"));
        // The child processes notice the death of the server a moment later. Until then, they hold
        // the port, and a little longer the shared memory, without which a new server ends.
        while !is_free(self.port) || !Process::working_in(&data, "postgres").is_empty() {
            ensure!(Instant::now() < deadline, "the processes of the server stay, or port {}", self.port);
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Waits until the server accepts clients.
    pub async fn recovered(&mut self) -> Result<()> {
        self.ready(&|_| ()).await
    }

    /// Stops the server in place, with the processes that serve its connections.
    pub fn pause(&mut self) -> Result<()> {
        // The first process stops first: after that there are no new children.
        self.process.pause()?;
        send("STOP", &self.children()?)
    }

    /// Continues a paused server.
    pub fn resume(&mut self) -> Result<()> {
        send("CONT", &self.children()?)?;
        self.process.resume()
    }

    fn children(&self) -> Result<Vec<String>> {
        let listed = Command::new("ps").args(["-A", "-o", "ppid=,pid="]).output().context("ps")?;
        let own = self.process.pid().to_string();
        let pair = |line: &str| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.to_owned()))
        };
        let pairs = String::from_utf8_lossy(&listed.stdout).lines().filter_map(pair).collect::<Vec<_>>();
        Ok(pairs.into_iter().filter(|(parent, _)| *parent == own).map(|(_, child)| child).collect())
    }

    async fn ready(&mut self, say: Say<'_>) -> Result<()> {
        let mut wait = Wait::new("Postgres", say);
        loop {
            let mut refused = String::new();
            // A connection attempt costs less than the start of a client.
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                match self.sql(ANY, "SELECT 1") {
                    Ok(_) => return Ok(()),
                    Err(error) => refused = error.to_string(),
                }
            }
            if let Some(status) = self.process.ended() {
                bail!("Postgres ended ({status}):\n{}", self.process.last_lines(10).join("\n"));
            }
            let busy = refused.split("FATAL:").nth(1).map(str::trim);
            let busy = busy.filter(|reason| BUSY.iter().any(|part| reason.contains(part)));
            wait.go_on(busy).await.with_context(|| refused.clone())?;
        }
    }

    /// Stops the server.
    pub async fn stop(&mut self) -> Result<()> {
        self.process.stop().await
    }

    /// Erases the data that [`Postgres::start`] keeps for `directory`, even if it is in another
    /// place.
    pub fn erase(directory: &Path) -> Result<()> {
        for place in [directory.to_owned(), place::elsewhere(directory)] {
            if place.exists() {
                fs::remove_dir_all(&place).with_context(|| place.display().to_string())?;
            }
        }
        Ok(())
    }
}

fn launch(
    home: &Path,
    port: u16,
    durable: bool,
    encrypted: bool,
    user: Option<RunAs>,
    pause: Option<Duration>,
) -> Result<ChildGuard> {
    let mut server = Command::new(installed(&["postgres"])?);
    server.arg("-D").arg(home.join("data")).arg("-p").arg(port.to_string()).arg("-k").arg("");
    server.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]);
    if !durable {
        // A crash of the server alone still loses nothing: committed data is with the system, if
        // not on disk.
        server.args(["-c", "fsync=off"]);
    }
    if encrypted {
        for (setting, file) in [("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")] {
            server.arg("-c").arg(format!("{setting}={}", home.join(file).display()));
        }
        server.args(["-c", "ssl=on"]);
    }
    if let Some(pause) = pause {
        // The server fetches missing segments from an archive, which is slow and has none.
        server.arg("-c").arg(format!("restore_command=sleep {}; false", pause.as_secs_f64()));
        server.args(["-c", "hot_standby=off"]);
    }
    server.env("LC_ALL", "C").current_dir(home);
    ChildGuard::start(&server, user, &home.join("postgres.log"))
}

/// Sends a signal to processes, some of which may have ended meanwhile.
fn send(signal: &str, pids: &[String]) -> Result<()> {
    if !pids.is_empty() {
        let _some_gone = Command::new("kill").arg(format!("-{signal}")).args(pids).output()?;
    }
    Ok(())
}
